/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.mapping;

import io.tollgate.server.envoy.mapping.Refusal.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The path of a request, decoded, if there is only one way to read it. Refused are: anything that does not start with a slash; empty
 * segments,
 * {@code .} and {@code ..}, written plainly or encoded; encoded slashes and backslashes, backslashes; an encoded percent sign (double
 * encoding);
 * NUL and other control characters; parameters after a semicolon; broken escapes; what is not UTF-8. Envoy and the service behind it
 * may read each
 * of these otherwise than we do (CVE-2019-9901 and its kin), and a rule for one path would then guard another.
 *
 * <p>A path that passes has segments whose decoding changes no structure. One slash at the end is allowed and does not count.
 */
public final class SafePath {
    private static final int MAX_LENGTH = 8 * 1024;
    private static final int HEX = 16;
    private static final int INITIAL = 8;
    private static final int DELETE = 0x7f;

    private final List<String> segments;

    private SafePath(final List<String> segments) {
        this.segments = segments;
    }

    /**
     * Reads a path.
     *
     * @param path without its query
     * @throws Refusal saying which of the above it is
     */
    public static SafePath of(final String path) throws Refusal {
        if (path.isEmpty() || path.charAt(0) != '/') {
            throw unsafe("does not start with a slash");
        }
        if (path.length() > MAX_LENGTH) {
            throw unsafe("is longer than " + MAX_LENGTH + " bytes");
        }
        final List<String> segments = new ArrayList<>(INITIAL);
        int from = 1;
        while (from < path.length()) {
            final int slash = path.indexOf('/', from);
            final int to = slash < 0 ? path.length() : slash;
            if (to == from) {
                throw unsafe("has an empty segment");
            }
            segments.add(segment(path.substring(from, to)));
            from = to + 1;
        }
        return new SafePath(segments);
    }

    private static String segment(final String raw) throws Refusal {
        final String segment = raw.indexOf('%') < 0 && isPlain(raw) ? raw : decode(raw, true);
        if (segment.equals(".") || segment.equals("..")) {
            throw unsafe("has a dot segment");
        }
        for (int i = 0; i < segment.length(); i++) {
            final char c = segment.charAt(i);
            if (c == '/' || c == '\\') {
                throw unsafe("has an encoded slash or a backslash");
            }
            if (c == ';') {
                throw unsafe("has parameters after a semicolon");
            }
            if (c == '%') {
                throw unsafe("is encoded twice");
            }
            if (c < ' ' || c == DELETE) {
                throw unsafe("has a control character");
            }
        }
        return segment;
    }

    /** {@return whether a part of a query says what is written} */
    static boolean isAsItIs(final String raw, final int from, final int to) {
        for (int i = from; i < to; i++) {
            final char c = raw.charAt(i);
            if (c == '%' || c == '+' || c >= DELETE) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPlain(final String raw) {
        for (int i = 0; i < raw.length(); i++) {
            if (raw.charAt(i) >= DELETE) {
                return false;
            }
        }
        return true;
    }

    /**
     * {@return a text without its escapes}
     *
     * @param isPath false = of a query, where + stands for a blank
     */
    static String decode(final String raw, final boolean isPath) throws Refusal {
        if (!isPath && isAsItIs(raw, 0, raw.length())) {
            return raw;
        }
        final byte[] bytes = raw.getBytes(StandardCharsets.UTF_8);
        int length = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '%') {
                final int high = i + 2 < bytes.length ? digit(bytes[i + 1]) : -1;
                final int low = i + 2 < bytes.length ? digit(bytes[i + 2]) : -1;
                if (high < 0 || low < 0) {
                    throw new Refusal(Kind.UNSAFE, (isPath ? "The path" : "The query") + " has a broken escape.");
                }
                bytes[length++] = (byte) (high * HEX + low);
                i += 2;
            } else {
                bytes[length++] = !isPath && bytes[i] == '+' ? (byte) ' ' : bytes[i];
            }
        }
        return utf8(ByteBuffer.wrap(bytes, 0, length), isPath ? "The path" : "The query");
    }

    /**
     * {@return a text}
     *
     * @throws Refusal when it is not UTF-8
     */
    static String utf8(final ByteBuffer bytes, final String what) throws Refusal {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(bytes)
                    .toString();
        } catch (final CharacterCodingException e) {
            throw new Refusal(Kind.UNSAFE, what + " is not UTF-8.");
        }
    }

    private static int digit(final byte c) {
        return Character.digit(c, HEX);
    }

    private static Refusal unsafe(final String what) {
        return new Refusal(Kind.UNSAFE, "The path " + what + ".");
    }

    /** {@return how many segments} */
    public int size() {
        return segments.size();
    }

    /** {@return a segment, decoded} */
    public String segment(final int index) {
        return segments.get(index);
    }

    /** {@return the segments from one on, joined by slashes} */
    String from(final int index) {
        return String.join("/", segments.subList(index, segments.size()));
    }
}
