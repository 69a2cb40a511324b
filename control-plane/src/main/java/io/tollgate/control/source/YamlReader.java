/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.source;

import io.tollgate.control.source.EventGuard.RefusedYaml;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/** Turns the bytes of a file into YAML nodes, each with its place. Never throws for what the bytes are. */
final class YamlReader {
    private final Diagnostics diagnostics;

    YamlReader(Diagnostics diagnostics) {
        this.diagnostics = diagnostics;
    }

    /** {@return the file's one document; empty when it has none, or does not parse (which is then among the diagnostics)} */
    Optional<Node> read(SourceFile file) {
        Optional<String> text = decode(file);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        LoadSettings settings = LoadSettings.builder()
                .setLabel(file.name())
                .setCodePointLimit(SourceLimits.MAX_FILE_BYTES)
                .build();
        try {
            EventGuard guard = new EventGuard(new ParserImpl(settings, new StreamReader(settings, text.get())));
            return new Composer(settings, guard).getSingleNode();
        } catch (RefusedYaml e) {
            diagnostics.error(
                    position(file, e.event().getStartMark()),
                    e.code(),
                    e.getMessage() + " is not allowed here",
                    e.remedy());
        } catch (MarkedYamlEngineException e) {
            diagnostics.error(position(file, e.getProblemMark()), Code.SYNTAX, syntaxMessage(e), SYNTAX_REMEDY);
        } catch (ReaderException e) {
            diagnostics.error(
                    positionOf(file, text.get(), e.getPosition()),
                    Code.SYNTAX,
                    String.format("not YAML: the character U+%04X", e.getCodePoint()),
                    "remove it, or write it as an escape inside double quotes");
        } catch (YamlEngineException e) {
            diagnostics.error(
                    Position.ofFile(file.name()),
                    Code.SYNTAX,
                    "not YAML: " + oneLine(String.valueOf(e.getMessage())),
                    SYNTAX_REMEDY);
        }
        return Optional.empty();
    }

    private static final String SYNTAX_REMEDY =
            "look at this line and the one above: indentation (spaces, no tabs), a missing ': ', quotes, brackets";

    private static String syntaxMessage(MarkedYamlEngineException e) {
        String context = e.getContext();
        String problem = e.getProblem();
        return "not YAML: " + oneLine(context == null || context.isEmpty() ? problem : context + ", " + problem);
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s+", " ");
    }

    static Position position(SourceFile file, Optional<Mark> mark) {
        return mark.map(m -> new Position(file.name(), m.getLine() + 1, m.getColumn() + 1))
                .orElse(Position.ofFile(file.name()));
    }

    /** Line and column of a code point counted from the start. */
    private static Position positionOf(SourceFile file, String text, int codePoints) {
        int line = 1;
        int column = 1;
        int seen = 0;
        for (int i = 0; i < text.length() && seen < codePoints; seen++) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            column++;
            if (c == '\n') {
                line++;
                column = 1;
            }
        }
        return new Position(file.name(), line, column);
    }

    private Optional<String> decode(SourceFile file) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(file.content());
        CharBuffer out = CharBuffer.allocate(file.content().length + 1);
        CoderResult result = decoder.decode(in, out, true);
        out.flip();
        if (result.isError()) {
            String before = out.toString();
            int value = in.get(in.position()) & 0xff;
            diagnostics.error(
                    positionOf(file, before, Integer.MAX_VALUE),
                    Code.ENCODING,
                    String.format("not UTF-8: byte 0x%02x", value),
                    "save the file as UTF-8");
            return Optional.empty();
        }
        String text = out.toString();
        return Optional.of(text.startsWith("\ufeff") ? text.substring(1) : text);
    }
}
