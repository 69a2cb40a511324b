/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.wire;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/**
 * Messages of a type in protobuf's encoding, as no builder would write them: fields in any order and repeated, unknown ones, of another
 * wire type, groups, varints longer than needed, wrong lengths, what is not UTF-8.
 */
final class RandomMessage {
    private static final List<String> WORDS = List.of(
            "",
            "a",
            "content-type",
            "x-user",
            "acme",
            "GET",
            "/v1/a?b=c",
            "true",
            "\u00fcber",
            "\u65e5\u672c",
            "\ud83d\ude00",
            "x".repeat(200));
    private static final byte[][] BROKEN = {
        {(byte) 0x80},
        {(byte) 0xc0, (byte) 0x80},
        {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
        {'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', (byte) 0xff}
    };
    private static final int MOST_FIELDS = 4;
    private static final int WIDE = 4;
    private static final int DEEP = 9;

    private final Random random;
    /** One in so many things is odd; 0 = none. */
    private final int oddness;

    RandomMessage(final Random random, final int oddness) {
        this.random = random;
        this.oddness = oddness;
    }

    private boolean isOdd() {
        return oddness > 0 && random.nextInt(oddness) == 0;
    }

    byte[] of(final Descriptor type) {
        return of(type, 0);
    }

    private byte[] of(final Descriptor type, final int depth) {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            final int count = depth > DEEP ? 0 : depth > WIDE ? random.nextInt(2) : 1 + random.nextInt(MOST_FIELDS);
            for (int i = 0; i < count; i++) {
                if (isOdd()) {
                    unknown(out);
                } else {
                    final FieldDescriptor field =
                            type.getFields().get(random.nextInt(type.getFields().size()));
                    field(out, field, depth);
                }
            }
            out.flush();
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
        return bytes.toByteArray();
    }

    private void unknown(final CodedOutputStream out) throws IOException {
        final int number = List.of(1, 2, 3, 5, 14, 15, 16, 300, 5_000).get(random.nextInt(9));
        switch (random.nextInt(8)) {
            case 0 -> {
                out.writeTag(number, WireFormat.WIRETYPE_START_GROUP);
                out.writeUInt64(7, random.nextLong());
                out.writeTag(isOdd() ? number + 1 : number, WireFormat.WIRETYPE_END_GROUP);
            }
            case 1 -> out.writeFixed32(number, random.nextInt());
            case 2 -> out.writeFixed64(number, random.nextLong());
            case 3 -> out.writeByteArray(number, new byte[] {(byte) 0xff, 1});
            case 4 -> out.writeTag(number, 6 + random.nextInt(2));
            case 5 -> out.writeUInt32NoTag(random.nextInt(8));
            case 6 -> out.writeTag(number, WireFormat.WIRETYPE_END_GROUP);
            default -> out.writeUInt64(number, random.nextLong());
        }
    }

    private void field(final CodedOutputStream out, final FieldDescriptor field, final int depth) throws IOException {
        final int number = field.getNumber();
        switch (field.getType()) {
            case STRING -> delimited(out, number, text());
            case BYTES -> delimited(out, number, random.nextInt(4) == 0 ? BROKEN[1] : text());
            case MESSAGE -> delimited(out, number, of(field.getMessageType(), depth + 1));
            case DOUBLE -> out.writeDouble(number, random.nextInt(100));
            default -> {
                tag(out, number, WireFormat.WIRETYPE_VARINT);
                if (isOdd()) {
                    overlong(out);
                } else {
                    out.writeUInt64NoTag(random.nextInt(3) == 0 ? -1 : random.nextLong() >>> random.nextInt(64));
                }
            }
        }
    }

    private byte[] text() {
        return isOdd()
                ? BROKEN[random.nextInt(BROKEN.length)]
                : WORDS.get(random.nextInt(WORDS.size())).getBytes(StandardCharsets.UTF_8);
    }

    private void delimited(final CodedOutputStream out, final int number, final byte[] content) throws IOException {
        tag(out, number, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        final int length = isOdd() ? content.length + random.nextInt(5) - 2 : content.length;
        if (isOdd()) {
            // the same in five bytes
            for (int i = 0; i < 4; i++) {
                out.writeRawByte((byte) (length >>> 7 * i | 0x80));
            }
            out.writeRawByte((byte) (length >>> 28));
        } else {
            out.writeUInt32NoTag(length);
        }
        out.writeRawBytes(content);
    }

    private void tag(final CodedOutputStream out, final int number, final int type) throws IOException {
        if (isOdd()) {
            final int tag = number << 3 | type;
            out.writeRawByte((byte) (tag | 0x80));
            out.writeRawByte((byte) (tag >>> 7));
        } else {
            out.writeTag(number, type);
        }
    }

    private void overlong(final CodedOutputStream out) throws IOException {
        for (int i = random.nextInt(11); i > 0; i--) {
            out.writeRawByte((byte) (random.nextInt() | 0x80));
        }
        out.writeRawByte((byte) (random.nextInt() & 0x7f));
    }
}
