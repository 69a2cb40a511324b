/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.source;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/**
 * A text that knows where each of its characters is written, whatever YAML does to it in between: folding, indentation, quotes, escapes.
 * Finding a place reads the file's text again, so it is for messages only.
 */
public final class LocatedText {
    private final SourceFile file;
    private final String text;
    private final ScalarStyle style;
    private final Optional<Mark> start;
    private final Optional<Mark> end;

    private LocatedText(SourceFile file, ScalarNode node, String text) {
        this.file = file;
        this.text = text;
        style = node.getScalarStyle();
        start = node.getStartMark();
        end = node.getEndMark();
    }

    static LocatedText of(SourceFile file, ScalarNode node, String text) {
        return new LocatedText(file, node, text);
    }

    /** {@return the text} */
    public String text() {
        return text;
    }

    /**
     * {@return where a character is written; where the text starts when that cannot be told}
     *
     * @param codePoint counted from 0; the end of the text and beyond is right after its last character
     */
    public Position at(int codePoint) {
        Position whole = YamlReader.position(file, start);
        if (start.isEmpty() || end.isEmpty()) {
            return whole;
        }
        int[] written = written(start.get().getIndex(), end.get().getIndex());
        List<Place> places = new Walk(written, style, whole).places();
        int[] characters = text.codePoints().toArray();
        int next = 0;
        Place found = null;
        for (int i = 0; i < characters.length; i++) {
            if (Character.isWhitespace(characters[i])) {
                continue;
            }
            if (next == places.size() || places.get(next).character() != characters[i]) {
                return whole;
            }
            if (found == null && i >= codePoint) {
                found = places.get(next);
            }
            next++;
        }
        if (found != null) {
            return new Position(file.name(), found.line(), found.column());
        }
        return next == 0 ? whole : places.get(next - 1).after(file.name());
    }

    private int[] written(int from, int to) {
        String content = new String(file.content(), StandardCharsets.UTF_8);
        int skipped = content.startsWith("\ufeff") ? 1 : 0;
        return content.codePoints()
                .skip((long) from + skipped)
                .limit((long) to - from)
                .toArray();
    }

    /** A character that is no white space, and where it is written. */
    private record Place(int character, int line, int column, int width) {
        Position after(String file) {
            return new Position(file, line, column + width);
        }
    }

    /** Goes through a scalar as it is written. White space is left out on both sides, since YAML folds it. */
    private static final class Walk {
        private final int[] written;
        private final ScalarStyle style;
        private final List<Place> places = new ArrayList<>();
        private int line;
        private int column;
        private int at;

        Walk(int[] written, ScalarStyle style, Position start) {
            this.written = written;
            this.style = style;
            line = start.line();
            column = start.column();
        }

        List<Place> places() {
            boolean quoted = style == ScalarStyle.SINGLE_QUOTED || style == ScalarStyle.DOUBLE_QUOTED;
            int end = quoted ? written.length - 1 : written.length;
            if (quoted) {
                step(1);
            } else if (style == ScalarStyle.LITERAL || style == ScalarStyle.FOLDED) {
                skipHeader();
            }
            while (at < end) {
                int width = 1;
                int character = written[at];
                if (style == ScalarStyle.SINGLE_QUOTED && character == '\'') {
                    width = 2;
                } else if (style == ScalarStyle.DOUBLE_QUOTED && character == '\\' && at + 1 < end) {
                    width = 2 + digits(written[at + 1]);
                    character = unescaped(Math.min(width, end - at));
                }
                if (!Character.isWhitespace(character)) {
                    places.add(new Place(character, line, column, width));
                }
                step(Math.min(width, end - at));
            }
            return places;
        }

        private void skipHeader() {
            int header = line;
            while (at < written.length && line == header) {
                step(1);
            }
        }

        private void step(int count) {
            for (int i = 0; i < count; i++) {
                boolean breaks = written[at] == '\n'
                        || written[at] == '\r' && (at + 1 == written.length || written[at + 1] != '\n');
                line += breaks ? 1 : 0;
                column = breaks ? 1 : column + 1;
                at++;
            }
        }

        private static int digits(int letter) {
            return letter == 'x' ? 2 : letter == 'u' ? 4 : letter == 'U' ? 8 : 0;
        }

        /** A blank for what is white space, and for what conditions have no use of. */
        private int unescaped(int width) {
            int letter = written[at + 1];
            if (letter == '"' || letter == '\\' || letter == '/') {
                return letter;
            }
            if (digits(letter) == 0 || width < 2 + digits(letter)) {
                return ' ';
            }
            return (int) Long.parseLong(new String(written, at + 2, digits(letter)), 16);
        }
    }
}
