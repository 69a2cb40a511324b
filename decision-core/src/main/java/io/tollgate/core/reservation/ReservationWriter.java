/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reservation;

import io.tollgate.core.journal.UsageSubject;
import io.tollgate.core.quota.CellKind;
import io.tollgate.core.quota.TakePlan;
import io.tollgate.core.request.FactSink;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Records what was taken. {@link #ensure} before the take, so that nothing is taken that cannot be recorded; after it, in this order:
 *
 * <pre>
 *   beginEntries  entry*  beginPart  charge*  unit*  term*  [facts]  endPart   and then publish, or ReservationDesk.extended
 * </pre>
 *
 * A process that is killed before publish leaves free blocks; what it took stays counted. Belongs to the desk's thread.
 */
public final class ReservationWriter {
    /** An entry of a ceiling. */
    public static final int CEILING = Adjuster.CEILING;

    /** An entry of a wallet: what it holds is the cost. */
    public static final int WALLET = Adjuster.WALLET;

    /** An entry of a pool of capacity. */
    public static final int POOL = Adjuster.POOL;

    /** Most charges of a part. */
    public static final int MAX_CHARGES = PartReader.MAX_CHARGES;

    private static final int PART_WORDS = 5;
    private static final int CHARGE_WORDS = 6;
    private static final int UNIT_WORDS = 2;
    private static final int TERM_WORDS = 2;
    private static final int MAX_UNITS = 255;
    private static final int MAX_TERMS = 0xFFFF;

    private final BlockSpace space;
    private final BlockCache cache;
    private final StoreCounts counts;
    private final ReservationIds ids;
    private final ChainWriter chain;
    private int entries;
    private long entryChain;
    private long high;
    private long low;

    ReservationWriter(BlockSpace space, BlockCache cache, StoreCounts counts, ReservationIds ids) {
        this.space = space;
        this.cache = cache;
        this.counts = counts;
        this.ids = ids;
        this.chain = new ChainWriter(space, cache);
    }

    /**
     * Blocks that a reservation needs, its head included.
     *
     * @param unitBytes bytes of the names of all units
     * @return more than there can ever be when something is beyond what a part holds
     */
    public static int blocks(int entries, int charges, int units, long unitBytes, int terms, long factWords) {
        if (charges > MAX_CHARGES || units > MAX_UNITS || terms > MAX_TERMS) {
            return Integer.MAX_VALUE;
        }
        long words = PART_WORDS
                + (long) charges * CHARGE_WORDS
                // each name is padded to whole words
                + (long) units * (UNIT_WORDS + 1)
                + unitBytes / Long.BYTES
                + (long) terms * TERM_WORDS
                + factWords;
        return 1 + (entries + Adjuster.PER_BLOCK - 1) / Adjuster.PER_BLOCK + ChainWriter.blocks(words);
    }

    /** Before batches of reservations: lets {@link #ensure} have so many blocks at once. */
    public void grow(int most) {
        cache.grow(most);
    }

    /** Sees to it that so many blocks can be written; false when the store is full. */
    public boolean ensure(int blocks) {
        return cache.ensure(blocks);
    }

    /** After a decision: returns what was ensured and not needed. */
    public void trim() {
        cache.trim();
    }

    /** Starts the entries of a part. */
    public void beginEntries() {
        entries = 0;
        entryChain = 0;
    }

    /**
     * Adds an entry of a taken plan.
     *
     * @param role CEILING, WALLET, POOL
     * @param charge its charge: position among those of the part
     * @param windowKey of a period the {@link io.tollgate.core.quota.PeriodTable#key} of its window; 0 = none
     */
    public void entry(TakePlan plan, int entry, int role, int charge, long windowKey) {
        beginEntry();
        Adjuster.write(chain, plan, entry, role, charge, windowKey);
    }

    /** Adds an entry of a period's ceiling that took nothing, for what may be used in the end; see {@link #entry}. */
    public void emptyPeriod(long cell, int charge, long ordinal, long endMs, long windowKey) {
        beginEntry();
        Adjuster.writeNothing(chain, cell, CellKind.PERIOD, charge, ordinal, endMs, windowKey);
    }

    /** The same of a rate's. */
    public void emptyRate(long cell, int charge, long multiplier, long unitsPerToken) {
        beginEntry();
        Adjuster.writeNothing(chain, cell, CellKind.RATE, charge, 0, unitsPerToken, multiplier);
    }

    private void beginEntry() {
        if (entries == 0) {
            chain.begin();
        }
        entries++;
    }

    /** Starts a part that says nothing of its subject. */
    public void beginPart(long previous, int charges, int units, int terms, long registryVersion, long takenAtMs) {
        beginPart(previous, charges, units, terms, false, registryVersion, takenAtMs);
    }

    /**
     * Starts a part, after its entries.
     *
     * @param previous 0 for the first
     * @param subject whether {@link #subject} follows after the terms
     */
    public void beginPart(
            long previous, int charges, int units, int terms, boolean subject, long registryVersion, long takenAtMs) {
        entryChain = entries == 0 ? 0 : chain.end();
        chain.begin();
        chain.put(previous);
        chain.put(entryChain);
        chain.put(PartReader.counts(charges, units, terms, entries, subject));
        chain.put(registryVersion);
        chain.put(takenAtMs);
    }

    /**
     * Adds a charge.
     *
     * @param key names the dimension
     * @param gauge comes back whatever was used
     * @param constant of it what every request takes
     * @param reserved all that was taken, the constant included
     * @param price of {@code pricePer} of it, in money units; pricePer 0 = it has no price
     */
    public void charge(long key, boolean gauge, long constant, long reserved, long price, long pricePer) {
        charge(key, gauge, -1, constant, reserved, price, pricePer);
    }

    /** The same, with the position of its dimension in the registry; -1 = not known. */
    public void charge(
            long key, boolean gauge, int dimensionId, long constant, long reserved, long price, long pricePer) {
        chain.put(key);
        chain.put(PartReader.kind(gauge, dimensionId));
        chain.put(constant);
        chain.put(reserved);
        chain.put(price);
        chain.put(pricePer);
    }

    /** Adds a unit that a usage may have, and how much of it was granted. */
    public void unit(byte[] bytes, int offset, int length, long granted) {
        chain.put(length);
        chain.put(granted);
        chain.put(bytes, offset, length);
    }

    /** Says that one of a unit is so much of a charge. */
    public void term(int unit, int charge, long factor) {
        chain.put((long) unit << 16 | charge);
        chain.put(factor);
    }

    /** Words that {@link #subject} and {@link #dimension} put. */
    public static int subjectWords(UsageSubject subject, int dimensions, long nameBytes) {
        return subject.words() + 2 * dimensions + (int) (nameBytes / Long.BYTES);
    }

    /** Says whose usage it is, after the terms; the name of each charge's {@link #dimension} follows. */
    public void subject(UsageSubject subject) {
        subject.write(chain);
    }

    /** Names the dimension of the next charge. */
    public void dimension(byte[] bytes, int offset, int length) {
        chain.put(length);
        chain.put(bytes, offset, length);
    }

    /** Where the facts of the request go. */
    public FactSink facts() {
        return chain;
    }

    /** Ends a part; {@return what to publish}. */
    public long endPart() {
        return chain.end();
    }

    /** Makes a reservation of a first part; its id is {@link #high} and {@link #low}. */
    public void publish(
            long part,
            long createdMs,
            long ttlMs,
            long expiresMs,
            long registryVersion,
            long organizationHigh,
            long organizationLow) {
        int head = cache.take();
        UnsafeBuffer segment = space.segment(head);
        int at = BlockSpace.at(head);
        int generation = StateWord.generation(segment.getLongVolatile(at));
        long salt = space.stateSalt(head);
        segment.putLongVolatile(at, StateWord.of(generation, StateWord.FILLING, 0, salt));
        segment.putLong(at + HeadLayout.CREATED, createdMs);
        segment.putLong(at + HeadLayout.TTL, ttlMs);
        segment.putLong(at + HeadLayout.FIRST_PART, part);
        segment.putLong(at + HeadLayout.REGISTRY_VERSION, registryVersion);
        segment.putLong(at + HeadLayout.ORGANIZATION, organizationHigh);
        segment.putLong(at + HeadLayout.ORGANIZATION + Long.BYTES, organizationLow);
        segment.putLong(at + BlockSpace.CHECK, HeadLayout.check(space, head));
        space.putGuarded(head, HeadLayout.ENDED, 0);
        space.putGuarded(head, HeadLayout.EXPIRES, expiresMs);
        space.putGuarded(head, BlockSpace.LINK, part);
        segment.putLongVolatile(at, StateWord.of(generation, StateWord.RESERVED, 0, salt));
        counts.add(StateWord.RESERVED, 1);
        space.due(head, expiresMs);
        high = ids.high(generation, head);
        low = ids.low(generation, head);
    }

    /** First half of the id of what was published last. */
    public long high() {
        return high;
    }

    /** Second half of the id of what was published last. */
    public long low() {
        return low;
    }
}
