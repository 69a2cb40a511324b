/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reservation;

import io.tollgate.core.quota.CellIdentity;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.FactSink;
import io.tollgate.core.request.Field;

/**
 * Hashes of 128 bits, keyed with the store's secret: of an organization, of a key within it, of the parameters of a
 * request. Nobody who does
 * not know the store's key can make two of them meet. Does not allocate. Belongs to one thread.
 */
final class KeyedDigest implements FactSink {
    private final CellIdentity digest;
    private final CellIdentity one;
    private final FactSink each = new OneAttribute();
    private final long secret;

    KeyedDigest(long key0, long key1) {
        digest = new CellIdentity(key0);
        one = new CellIdentity(key0);
        secret = key1;
    }

    long high() {
        return digest.high();
    }

    long low() {
        return digest.low();
    }

    @Override
    public void put(long value) {
        digest.add(value);
    }

    @Override
    public void put(byte[] bytes, int offset, int length) {
        add(digest, bytes, offset, length);
    }

    private static void add(CellIdentity to, byte[] bytes, int offset, int length) {
        to.add((long) length);
        int i = offset;
        int end = offset + length;
        while (i < end) {
            long word = 0;
            for (int b = 0; b < Long.BYTES && i < end; b++, i++) {
                word |= (bytes[i] & 0xFFL) << b * Byte.SIZE;
            }
            to.add(word);
        }
    }

    /** The hash of an organization's id. */
    void organization(byte[] bytes, int offset, int length) {
        digest.begin().add(secret).add(1L);
        put(bytes, offset, length);
        digest.end();
    }

    /** The hash of the request's idempotency key within an organization. */
    void key(DecisionRequest request, long organizationHigh, long organizationLow) {
        digest.begin().add(secret).add(2L).add(organizationHigh).add(organizationLow);
        put(request.bytes(), request.offset(Field.IDEMPOTENCY_KEY), request.length(Field.IDEMPOTENCY_KEY));
        digest.end();
    }

    /** The digest of what has to be the same when a request comes again. */
    void parameters(DecisionRequest request) {
        digest.begin().add(secret).add(3L);
        request.writeParameters(this);
        attributes(request);
        digest.end();
    }

    /** The same of an Extend. */
    void extension(DecisionRequest request, long reservationHigh, long reservationLow) {
        digest.begin().add(secret).add(4L).add(reservationHigh).add(reservationLow);
        request.writeUsages(this);
        digest.add(request.reservationTtlNs()).end();
    }

    /** Attributes have no order: the digest of each is summed up. */
    private void attributes(DecisionRequest request) {
        long high = 0;
        long low = 0;
        int count = request.attributes().count();
        byte[] bytes = request.attributes().bytes();
        for (int i = 0; i < count; i++) {
            one.begin().add(secret).add((long) request.attributes().typeCode(i));
            each.put(
                    bytes,
                    request.attributes().nameOffset(i),
                    request.attributes().nameLength(i));
            request.attributes().writeValue(i, each);
            one.end();
            high += one.high();
            low += one.low();
        }
        digest.add((long) count).add(high).add(low);
    }

    private final class OneAttribute implements FactSink {
        @Override
        public void put(long value) {
            one.add(value);
        }

        @Override
        public void put(byte[] bytes, int offset, int length) {
            add(one, bytes, offset, length);
        }
    }
}
