/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.dryrun;

import io.tollgate.core.DecideMode;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.FactSink;
import io.tollgate.core.request.FactSource;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A request as words in a piece of memory, and back. Of an API key there is only the hash; idempotency key and correlation id are left out.
 * Writing allocates nothing, reading does. One thread.
 *
 * <pre>
 *   mode | allow partial | time to live, ns | usages: count, (amount, bytes, unit)* | readings: count, (value, bytes, dimension)*
 *   | who, where and what, see {@link DecisionRequest#writeFacts}
 *   (every number 8 bytes, every text padded to 8)
 * </pre>
 */
final class RequestCodec implements FactSink, FactSource {
    private UnsafeBuffer memory = new UnsafeBuffer(0, 0);
    private int position;
    private int end;
    private boolean overflow;

    /** {@return whether there was room for all of it} */
    boolean write(final DecisionRequest request, final UnsafeBuffer to, final int offset, final int length) {
        memory = to;
        position = offset;
        end = offset + length;
        overflow = false;
        put(request.mode().code());
        put(request.allowPartial() ? 1 : 0);
        put(request.reservationTtlNs());
        request.writeUsages(this);
        put(request.readings().count());
        for (int i = 0; i < request.readings().count(); i++) {
            put(request.readings().value(i));
            put(request.readings().length(i));
            put(
                    request.readings().bytes(),
                    request.readings().offset(i),
                    request.readings().length(i));
        }
        request.writeFacts(this);
        return !overflow;
    }

    /** {@return whether it was such a request; forget it if not} */
    boolean read(final UnsafeBuffer from, final int offset, final int length, final DecisionRequest request) {
        memory = from;
        position = offset;
        end = offset + length;
        overflow = false;
        request.reset();
        final DecideMode mode = DecideMode.ofCode((int) get());
        if (mode == null) {
            return false;
        }
        final boolean partial = get() != 0;
        final long ttlNs = get();
        final long usages = get();
        for (long i = 0; i < usages && !overflow; i++) {
            request.addUsage(get(), text());
        }
        final long readings = get();
        for (long i = 0; i < readings && !overflow; i++) {
            final long value = get();
            request.readings().add(text(), value);
        }
        if (overflow || !request.readFacts(this)) {
            return false;
        }
        request.mode(Objects.requireNonNull(mode)).allowPartial(partial).reservationTtlNs(ttlNs);
        return !overflow;
    }

    private String text() {
        final long length = get();
        if (length < 0 || length > DecisionRequest.MAX_ID_BYTES) {
            overflow = true;
            return "";
        }
        final byte[] bytes = new byte[(int) length];
        get(bytes, 0, bytes.length);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public void put(final long value) {
        if (room(Long.BYTES)) {
            memory.putLong(position, value);
            position += Long.BYTES;
        }
    }

    @Override
    public void put(final byte[] bytes, final int offset, final int length) {
        final int padded = padded(length);
        if (room(padded)) {
            memory.putBytes(position, bytes, offset, length);
            position += padded;
        }
    }

    @Override
    public long get() {
        if (!room(Long.BYTES)) {
            return 0;
        }
        final long value = memory.getLong(position);
        position += Long.BYTES;
        return value;
    }

    @Override
    public void get(final byte[] bytes, final int offset, final int length) {
        final int padded = padded(length);
        if (room(padded)) {
            memory.getBytes(position, bytes, offset, length);
            position += padded;
        }
    }

    private boolean room(final int bytes) {
        overflow |= end - position < bytes;
        return !overflow;
    }

    private static int padded(final int length) {
        return length + Long.BYTES - 1 & -Long.BYTES;
    }
}
