/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import io.tollgate.server.envoy.mapping.CheckSource;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A CheckRequest as its bytes. One pass checks them and notes where things stand; texts are made when they are asked for. What is not plain
 * ({@link WireCursor}) is not read at all: then the generated class reads it, or refuses it.
 *
 * <p>Repeated fields: of a single value the last counts, messages are merged, of a map's key the last entry counts, as everywhere in
 * protobuf. Reused for one Check after the other; belongs to one thread.
 */
public final class WireCheck implements CheckSource {
    private static final byte[] NOTHING = {};

    final Slices headers = new Slices();
    final Slices rawHeaders = new Slices();
    final Slices context = new Slices();
    final Slices metadata = new Slices();
    final Slices routeMetadata = new Slices();
    /** From, to of each {@link Text}. */
    final int[] texts = new int[Text.values().length * 2];

    boolean hasHeaderMap;
    private final CheckScan scan = new CheckScan(this);
    private final @Nullable Struct[] parsed = new Struct[2];
    private final int[] parsedRow = new int[2];

    /** Single values. */
    enum Text {
        PRINCIPAL,
        ID,
        METHOD,
        TARGET,
        HOST,
        BODY,
        RAW_BODY
    }

    /** Reads nothing yet. */
    public WireCheck() {}

    /**
     * Reads a message; what was read before is forgotten.
     *
     * @param message not to be changed while this is in use
     * @return false = not plain; nothing may be asked then
     */
    public boolean read(final byte[] message) {
        forget();
        return scan.read(message);
    }

    /** Lets go of the message. */
    public void forget() {
        headers.clear();
        rawHeaders.clear();
        context.clear();
        metadata.clear();
        routeMetadata.clear();
        Arrays.fill(texts, 0);
        hasHeaderMap = false;
        Arrays.fill(parsed, null);
        scan.bytes = NOTHING;
    }

    void text(final Text which, final int from, final int to) {
        texts[which.ordinal() * 2] = from;
        texts[which.ordinal() * 2 + 1] = to;
    }

    private String text(final Text which) {
        return scan.decoded(texts[which.ordinal() * 2], texts[which.ordinal() * 2 + 1]);
    }

    /** {@return the last row of that name; -1 = none} */
    private int find(final Slices rows, final String name) {
        for (int i = rows.count() - 1; i >= 0; i--) {
            if (scan.holds(rows.nameFrom(i), rows.nameTo(i), name)) {
                return i;
            }
        }
        return -1;
    }

    private @Nullable String value(final Slices rows, final String name) {
        final int row = find(rows, name);
        return row < 0 ? null : scan.decoded(rows.valueFrom(row), rows.valueTo(row));
    }

    /** The last one is kept: claims are asked for one after the other. */
    private @Nullable Struct struct(final Slices rows, final String name, final int which) {
        final int row = find(rows, name);
        if (row < 0) {
            return null;
        }
        final Struct known = parsed[which];
        if (known != null && parsedRow[which] == row) {
            return known;
        }
        try {
            final int from = rows.valueFrom(row);
            final Struct struct = Struct.parseFrom(ByteString.copyFrom(scan.bytes, from, rows.valueTo(row) - from));
            parsed[which] = struct;
            parsedRow[which] = row;
            return struct;
        } catch (final InvalidProtocolBufferException e) {
            throw new IllegalStateException("what was read as a Struct is none", e);
        }
    }

    @Override
    public String method() {
        return text(Text.METHOD);
    }

    @Override
    public String target() {
        return text(Text.TARGET);
    }

    @Override
    public String host() {
        return text(Text.HOST);
    }

    @Override
    public String requestId() {
        return text(Text.ID);
    }

    @Override
    public @Nullable String header(final String name) {
        return value(headers, name);
    }

    @Override
    public boolean hasHeaderMap() {
        return hasHeaderMap;
    }

    @Override
    public int rawHeaderCount() {
        return rawHeaders.count();
    }

    @Override
    public boolean isRawHeader(final int index, final String name) {
        return scan.holds(rawHeaders.nameFrom(index), rawHeaders.nameTo(index), name);
    }

    @Override
    public String rawHeader(final int index) {
        return rawHeaders.secondFrom(index) == rawHeaders.secondTo(index)
                ? scan.decoded(rawHeaders.valueFrom(index), rawHeaders.valueTo(index))
                : scan.decoded(rawHeaders.secondFrom(index), rawHeaders.secondTo(index));
    }

    @Override
    public @Nullable String context(final String key) {
        return value(context, key);
    }

    @Override
    public String principal() {
        return text(Text.PRINCIPAL);
    }

    @Override
    public @Nullable Struct metadata(final String filter) {
        return struct(metadata, filter, 0);
    }

    @Override
    public @Nullable Struct routeMetadata(final String filter) {
        return struct(routeMetadata, filter, 1);
    }

    @Override
    public int bodyLength() {
        final int raw = length(Text.RAW_BODY);
        return raw == 0 ? length(Text.BODY) : raw;
    }

    private int length(final Text which) {
        return texts[which.ordinal() * 2 + 1] - texts[which.ordinal() * 2];
    }

    @Override
    public String body() {
        return text(Text.BODY);
    }

    @Override
    public byte[] rawBody() {
        final int at = Text.RAW_BODY.ordinal() * 2;
        return texts[at] == texts[at + 1] ? NOTHING : Arrays.copyOfRange(scan.bytes, texts[at], texts[at + 1]);
    }
}
