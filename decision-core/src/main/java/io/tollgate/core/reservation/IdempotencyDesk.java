/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reservation;

import io.tollgate.core.request.DecisionRequest;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What one worker does with idempotency keys: claims one before the first request with it is decided, keeps that
 * request's answer, and finds
 * the answer when it comes again. Keys are kept as hashes, parameters as digests ({@link KeyedDigest}), answers as opaque bytes.
 *
 * <p>Assumptions: belongs to one thread; one claim at a time. Guarantees: of any number of calls with one key at once
 * at most one is decided,
 * the others answer IN_PROGRESS; once an answer has been kept every call with the key gets it until it is forgotten. A claim whose process
 * was killed is dropped by the next start: whether its request took something is not known, and if it did that stays counted.
 *
 * <table>
 *   <caption>access modes</caption>
 *   <tr><td>state word</td><td>volatile read, compare-and-set</td></tr>
 *   <tr><td>key and parameters</td><td>plain write before the head is in the index (compare-and-set), volatile read</td></tr>
 *   <tr><td>answer</td><td>plain write, published by the state word</td></tr>
 * </table>
 */
public final class IdempotencyDesk {
    /** {@link #claim}: this request is the first; {@link #drop} or {@link #keep} has to follow. */
    public static final int FIRST = 0;

    /** The first answer is at hand: {@link #outcomeCode} and its neighbours. */
    public static final int REPEATED = 1;

    /** The key was used with other parameters. */
    public static final int MISMATCH = 2;

    /** The first request with it is being decided. */
    public static final int IN_PROGRESS = 3;

    /** No room for one more. */
    public static final int FULL = 4;

    /** {@link #recall}: nobody used this key. */
    public static final int UNUSED = 5;

    /** Longest answer that is kept, bytes. */
    public static final int MAX_ANSWER_BYTES = 4_096;

    private static final int ANSWER_BLOCKS = ChainWriter.blocks(KeyLayout.ANSWER_WORDS + MAX_ANSWER_BYTES / Long.BYTES);
    private static final int TRIES = 4;
    /** Keys may have at most this share of the index. */
    private static final int FILLED_PERCENT = 75;

    private final BlockSpace space;
    private final KeyIndex index;
    private final StoreCounts counts;
    private final BlockCache cache;
    private final ReservationDesk reservations;
    private final KeyedDigest digest;
    private final ChainWriter writer;
    private final ChainReader reader;
    private final byte[] answer = new byte[MAX_ANSWER_BYTES];

    private long organizationHigh;
    private long organizationLow;
    private long keyHigh;
    private long keyLow;
    private long parametersHigh;
    private long parametersLow;
    private int claimed;

    private int outcomeCode;
    private int reasonCode;
    private int answerLength;
    private long grantedInPart;
    private long reservationHigh;
    private long reservationLow;
    private long expiresMs;

    IdempotencyDesk(
            BlockSpace space,
            KeyIndex index,
            StoreCounts counts,
            BlockCache cache,
            ReservationDesk reservations,
            KeyedDigest digest) {
        this.space = space;
        this.index = index;
        this.counts = counts;
        this.cache = cache;
        this.reservations = reservations;
        this.digest = digest;
        this.writer = new ChainWriter(space, cache);
        this.reader = new ChainReader(space);
    }

    /** Works out the hash of an organization's id, for {@link ReservationWriter#publish} and the calls below. */
    public void organization(byte[] bytes, int offset, int length) {
        digest.organization(bytes, offset, length);
        organizationHigh = digest.high();
        organizationLow = digest.low();
    }

    /** First half of {@link #organization}. */
    public long organizationHigh() {
        return organizationHigh;
    }

    /** Second half of {@link #organization}. */
    public long organizationLow() {
        return organizationLow;
    }

    /**
     * Claims the key of a request, after {@link #organization}.
     *
     * @param epochMs now, milliseconds since 1970
     * @return FIRST, REPEATED, MISMATCH, IN_PROGRESS, FULL
     */
    public int claim(DecisionRequest request, long epochMs) {
        digest.key(request, organizationHigh, organizationLow);
        key();
        digest.parameters(request);
        return claim(epochMs);
    }

    /** The same for an Extend. */
    public int claimExtension(DecisionRequest request, long high, long low, long epochMs) {
        extension(request, high, low);
        return claim(epochMs);
    }

    /**
     * Finds the answer to an Extend of a reservation that has ended.
     *
     * @return REPEATED, MISMATCH, IN_PROGRESS, UNUSED
     */
    public int recall(DecisionRequest request, long high, long low, long epochMs) {
        int head = reservations.head(high, low);
        if (head == 0) {
            return UNUSED;
        }
        organizationHigh = space.segment(head).getLong(BlockSpace.at(head) + HeadLayout.ORGANIZATION);
        organizationLow = space.segment(head).getLong(BlockSpace.at(head) + HeadLayout.ORGANIZATION + Long.BYTES);
        // asked after the organization was read: a block that has become another reservation's in between names another
        // organization
        if (!reservations.remembers(high, low, epochMs)) {
            return UNUSED;
        }
        extension(request, high, low);
        int found = index.find(keyHigh, keyLow, 0);
        return found == 0 ? UNUSED : look(found, epochMs);
    }

    private void extension(DecisionRequest request, long high, long low) {
        digest.key(request, organizationHigh, organizationLow);
        key();
        digest.extension(request, high, low);
    }

    private void key() {
        keyHigh = digest.high();
        keyLow = digest.low();
    }

    private int claim(long epochMs) {
        parametersHigh = digest.high();
        parametersLow = digest.low();
        for (int tries = 0; tries < TRIES; tries++) {
            int found = index.find(keyHigh, keyLow, 0);
            int code = found == 0 ? enter(epochMs) : look(found, epochMs);
            if (code != UNUSED) {
                return code;
            }
        }
        return IN_PROGRESS;
    }

    /** {@return UNUSED when it has to be looked at again} */
    private int look(int head, long epochMs) {
        parametersHigh = digest.high();
        parametersLow = digest.low();
        UnsafeBuffer segment = space.segment(head);
        int at = BlockSpace.at(head);
        long word = segment.getLongVolatile(at);
        int state = StateWord.state(word, space.stateSalt(head));
        boolean same = segment.getLong(at + KeyLayout.PARAMETERS_HIGH) == parametersHigh
                && segment.getLong(at + KeyLayout.PARAMETERS_LOW) == parametersLow;
        if (state == StateWord.CLAIMED) {
            return IN_PROGRESS;
        }
        boolean read = state == StateWord.ANSWERED && read(head);
        if (segment.getLongVolatile(at) != word || index.find(keyHigh, keyLow, 0) != head) {
            return UNUSED;
        }
        if (state != StateWord.ANSWERED) {
            return UNUSED;
        }
        if (epochMs >= space.guarded(head, KeyLayout.UNTIL)
                && !reservations.remembers(reservationHigh, reservationLow, epochMs)) {
            forget(head, word);
            return UNUSED;
        }
        if (!read) {
            forget(head, word);
            return UNUSED;
        }
        return same ? REPEATED : MISMATCH;
    }

    private boolean read(int head) {
        reader.begin(space.guarded(head, BlockSpace.LINK));
        long first = reader.get();
        outcomeCode = (int) (first >>> 56);
        reasonCode = (int) (first >>> 32) & 0xFFFF;
        answerLength = (int) first;
        grantedInPart = reader.get();
        reservationHigh = reader.get();
        reservationLow = reader.get();
        expiresMs = reader.get();
        if (reader.broken() || answerLength < 0 || answerLength > answer.length) {
            return false;
        }
        reader.get(answer, 0, answerLength);
        return !reader.broken();
    }

    private int enter(long epochMs) {
        if (counts.keys() >= index.capacity() * FILLED_PERCENT / 100 || !cache.ensure(1 + ANSWER_BLOCKS)) {
            return FULL;
        }
        int head = cache.take();
        UnsafeBuffer segment = space.segment(head);
        int at = BlockSpace.at(head);
        int generation = StateWord.generation(segment.getLongVolatile(at));
        segment.putLongVolatile(at, StateWord.of(generation, StateWord.FILLING, 0, space.stateSalt(head)));
        segment.putLong(at + KeyLayout.KEY_HIGH, keyHigh);
        segment.putLong(at + KeyLayout.KEY_LOW, keyLow);
        segment.putLong(at + KeyLayout.PARAMETERS_HIGH, parametersHigh);
        segment.putLong(at + KeyLayout.PARAMETERS_LOW, parametersLow);
        segment.putLong(at + BlockSpace.CHECK, HeadLayout.check(space, head));
        space.putGuarded(head, KeyLayout.UNTIL, Math.max(0, epochMs) + ReservationDesk.MAX_MS);
        space.putGuarded(head, BlockSpace.LINK, 0);
        segment.putLongVolatile(at, StateWord.of(generation, StateWord.CLAIMED, 0, space.stateSalt(head)));
        counts.add(StateWord.CLAIMED, 1);
        if (!index.add(keyHigh, keyLow, head)) {
            free(head);
            return FULL;
        }
        if (index.find(keyHigh, keyLow, head) != 0) {
            // somebody else with the same key came in at the same time: one of us at least steps back
            index.remove(keyHigh, keyLow, head);
            free(head);
            return UNUSED;
        }
        claimed = head;
        // what the request itself records must not use them up
        cache.hold(ANSWER_BLOCKS);
        return FIRST;
    }

    /** Whether a claim waits for {@link #drop} or {@link #keep}. */
    public boolean claimed() {
        return claimed != 0;
    }

    /** The request took nothing: the key is as if never used. */
    public void drop() {
        if (claimed != 0) {
            cache.hold(0);
            index.remove(keyHigh, keyLow, claimed);
            free(claimed);
            claimed = 0;
            cache.trim();
        }
    }

    /**
     * Keeps the answer of the claimed request.
     *
     * @param outcome its code
     * @param reason its code
     * @param granted {@code Decision.granted} of a partial grant, -1 = in full
     * @param expires of its reservation
     * @param bytes the answer as the face will want it back
     * @param length at most {@link #MAX_ANSWER_BYTES}; a longer one is not kept, only the rest
     */
    public void keep(
            int outcome, int reason, long granted, long high, long low, long expires, byte[] bytes, int length) {
        int head = claimed;
        if (head == 0) {
            return;
        }
        claimed = 0;
        cache.hold(0);
        int kept = length > MAX_ANSWER_BYTES ? 0 : length;
        writer.begin();
        writer.put((long) outcome << 56 | (long) reason << 32 | kept);
        writer.put(granted);
        writer.put(high);
        writer.put(low);
        writer.put(expires);
        writer.put(bytes, 0, kept);
        space.putGuarded(head, BlockSpace.LINK, writer.end());
        long word = reservations.word(head);
        space.due(head, space.guarded(head, KeyLayout.UNTIL));
        reservations.change(head, word, StateWord.ANSWERED, 0);
        cache.trim();
    }

    /** Forgets an answer whose time is over; for the sweeper. */
    void sweep(int head, long epochMs) {
        long word = reservations.word(head);
        if (StateWord.state(word, space.stateSalt(head)) != StateWord.ANSWERED) {
            return;
        }
        boolean read = read(head);
        long until = space.guarded(head, KeyLayout.UNTIL);
        if (read && epochMs < until) {
            space.due(head, until);
        } else if (read && reservations.remembers(reservationHigh, reservationLow, epochMs)) {
            space.due(head, epochMs + ReservationDesk.REMEMBERED_MS / 10);
        } else {
            keyHigh = space.segment(head).getLong(BlockSpace.at(head) + KeyLayout.KEY_HIGH);
            keyLow = space.segment(head).getLong(BlockSpace.at(head) + KeyLayout.KEY_LOW);
            forget(head, word);
        }
    }

    private void forget(int head, long word) {
        long chain = space.guarded(head, BlockSpace.LINK);
        if (reservations.freed(head, word)) {
            index.remove(keyHigh, keyLow, head);
            space.due(head, BlockSpace.NOT_DUE);
            if (chain > 0) {
                reservations.freeChain(chain);
            }
            cache.put(head);
        }
    }

    private void free(int head) {
        if (reservations.freed(head, reservations.word(head))) {
            cache.put(head);
        }
    }

    /** Code of the first answer's outcome. */
    public int outcomeCode() {
        return outcomeCode;
    }

    /** Code of the first answer's reason. */
    public int reasonCode() {
        return reasonCode;
    }

    /** What it granted in part, -1 = in full. */
    public long grantedInPart() {
        return grantedInPart;
    }

    /** First half of the id of its reservation; 0, 0 = it made none. */
    public long reservationHigh() {
        return reservationHigh;
    }

    /** Second half of it. */
    public long reservationLow() {
        return reservationLow;
    }

    /** When that reservation expires, as the answer said. */
    public long expiresMs() {
        return expiresMs;
    }

    /** The first answer's bytes, {@link #answerLength} of them; overwritten by the next call. */
    public byte[] answer() {
        return answer;
    }

    /** How many bytes; 0 = none were kept. */
    public int answerLength() {
        return answerLength;
    }
}
