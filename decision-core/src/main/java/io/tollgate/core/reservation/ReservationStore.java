/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reservation;

import io.tollgate.core.journal.SettledBefore;
import io.tollgate.core.journal.UsageDesk;
import io.tollgate.core.quota.Cells;
import io.tollgate.core.quota.Taker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The reservations of a sidecar, in a mapped file beside its counters. Survives snapshots, restarts and {@code kill -9}.
 *
 * <p><b>What survives what.</b> A reservation that was answered is there after the process was killed; one that was not yet answered may be
 * gone while what it took stays counted. An end that was answered stays; one that was begun is completed by the next
 * start, and nothing comes
 * back twice. After a power failure the file is refused: what it held stays counted.
 *
 * <p><b>What is refused.</b> A file of another format, of other counters, with a damaged header: {@link ReservationStoreException}. A
 * reservation whose words fail their checks is set aside ({@link #damaged}): it is UNKNOWN and never gives anything back.
 *
 * <p>Threading: {@link #open}, {@link #grow}, {@link #close} by the loader's thread; desks as they say; counts by anybody. Close after the
 * last desk has stopped: it unmaps the memory.
 */
public final class ReservationStore implements AutoCloseable {
    /** Name of the file in its folder. */
    public static final String FILE_NAME = "reservations.tgr";

    /** Most segments, 1 MiB each. */
    public static final int MAX_SEGMENTS = 512;

    /** "TGRESRV" and the format version, as the machine stores a long. */
    private static final long MAGIC = 0x5447_5245_5352_5601L;

    /** So many blocks shall be free at least: what may come before the loader looks again. */
    private static final int WANTED_FREE = 8_192;

    private static final int GROWTH_SHARE = 4;

    /** A head, and some for the answer. */
    private static final int BLOCKS_PER_KEY = 4;

    private final BlockSpace space;
    private final ReservationIds ids;
    private final StoreCounts counts = new StoreCounts();
    private final AwaitedEnds.Counts awaited = new AwaitedEnds.Counts();
    private final KeyIndex index;
    private final @Nullable ExtentFile file;
    private final int maxSegments;

    private ReservationStore(BlockSpace space, ReservationIds ids, @Nullable ExtentFile file, int maxSegments) {
        this.space = space;
        this.ids = ids;
        this.file = file;
        this.maxSegments = maxSegments;
        this.index = new KeyIndex(
                space,
                Math.max(space.size(), file == null ? 0 : maxSegments * BlockSpace.BLOCKS_PER_SEGMENT)
                        / BLOCKS_PER_KEY);
    }

    /**
     * Opens the file of a folder, or makes one; completes or takes back what was in the middle.
     *
     * @param folder made if it does not exist
     * @param newKeys 16 random bytes: the keys of the ids if the file has to be made
     * @param cellStoreId the counters that reservations refer to, {@link io.tollgate.core.quota.CellStore#id}
     * @param bootId hash of the machine's boot id, 0 = not known
     * @throws ReservationStoreException when the file is damaged or foreign: set it aside, open again
     * @throws IllegalStateException when another process has it open
     * @throws IOException when the disk fails or is full
     */
    public static ReservationStore open(Path folder, byte[] newKeys, long cellStoreId, long bootId, int maxSegments)
            throws IOException {
        return open(folder, newKeys, cellStoreId, bootId, maxSegments, SettledBefore.NOTHING);
    }

    /**
     * The same beside a usage journal.
     *
     * @param settled says which settles that were in the middle are in the journal
     */
    public static ReservationStore open(
            Path folder, byte[] newKeys, long cellStoreId, long bootId, int maxSegments, SettledBefore settled)
            throws IOException {
        Files.createDirectories(folder);
        ByteBuffer keys = ByteBuffer.wrap(newKeys);
        ExtentFile file = ExtentFile.openOrCreate(
                folder.resolve(FILE_NAME),
                new ExtentFile.Kind(MAGIC, BlockSpace.SEGMENT_BYTES, cellStoreId, bootId),
                keys.getLong(),
                keys.getLong());
        try {
            BlockSpace space = new BlockSpace(file.key0() ^ cellStoreId);
            ReservationStore store =
                    new ReservationStore(space, new ReservationIds(file.key0(), file.key1()), file, maxSegments);
            for (int i = 0; i < file.segments(); i++) {
                space.add(file.segment(i));
            }
            new Recovery(space, store.counts, store.index, store.ids, settled).run();
            store.grow();
            return store;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** A store that lives as long as this object: for tests, benchmarks and offline evaluation. */
    public static ReservationStore inMemory(int segments, long seed) {
        Random random = new Random(seed);
        BlockSpace space = new BlockSpace(random.nextLong());
        for (int i = 0; i < segments; i++) {
            space.add(new UnsafeBuffer(BufferUtil.allocateDirectAligned(BlockSpace.SEGMENT_BYTES, 64)));
        }
        ReservationStore store =
                new ReservationStore(space, new ReservationIds(random.nextLong(), random.nextLong()), null, segments);
        new Recovery(space, store.counts, store.index, store.ids, SettledBefore.NOTHING).run();
        return store;
    }

    /** A store in memory of a few blocks, which never grows: for tests that make very many stores. */
    public static ReservationStore tiny(int blocks, long seed) {
        Random random = new Random(seed);
        BlockSpace space = new BlockSpace(random.nextLong());
        space.add(new UnsafeBuffer(BufferUtil.allocateDirectAligned(
                Math.min(blocks, BlockSpace.BLOCKS_PER_SEGMENT) * BlockSpace.BLOCK_BYTES, 64)));
        ReservationStore store =
                new ReservationStore(space, new ReservationIds(random.nextLong(), random.nextLong()), null, 1);
        new Recovery(space, store.counts, store.index, store.ids, SettledBefore.NOTHING).run();
        return store;
    }

    /** {@return what a worker needs to use this store} */
    public ReservationDesk newDesk(Taker taker, Cells cells) {
        return newDesk(taker, cells, null);
    }

    /** {@return the same with the worker's desk of the usage journal, where settles are recorded} */
    public ReservationDesk newDesk(Taker taker, Cells cells, @Nullable UsageDesk usage) {
        return new ReservationDesk(
                space,
                ids,
                counts,
                index,
                new KeyedDigest(ids.digestKey(), space.storeId()),
                taker,
                cells,
                new SettledUsage(usage),
                new AwaitedEnds(space, awaited));
    }

    /** {@return what ends reservations that are due}; taker with a worker number of its own */
    public ReservationSweeper newSweeper(Taker taker, Cells cells) {
        return new ReservationSweeper(space, newDesk(taker, cells));
    }

    /**
     * Adds room when little is left. Loader's thread.
     *
     * @return whether it grew
     * @throws IOException when the disk fails or is full
     */
    public boolean grow() throws IOException {
        ExtentFile mapped = file;
        if (mapped == null || space.free() >= Math.max(WANTED_FREE, space.size() / GROWTH_SHARE)) {
            return false;
        }
        boolean grew = false;
        do {
            if (mapped.segments() >= maxSegments) {
                return grew;
            }
            int from = space.size();
            space.add(mapped.grow());
            for (int block = space.size() - 1; block >= Math.max(1, from); block--) {
                space.push(block);
            }
            grew = true;
        } while (space.free() < WANTED_FREE);
        return grew;
    }

    /** {@return reservations that are held and not past their expiry} */
    public long reserved() {
        return counts.reserved();
    }

    /** {@return reservations past their expiry that are still held, or are being ended} */
    public long overdue() {
        return counts.overdue();
    }

    /** {@return ended reservations that are remembered} */
    public long ended() {
        return counts.ended();
    }

    /** {@return reservations that were set aside because their words failed their checks} */
    public long damaged() {
        return counts.damaged();
    }

    /** {@return reservations since this start whose time was over before the end that was awaited for them was reported} */
    public long awaitedOverdue() {
        return awaited.overdue.get();
    }

    /** {@return of them those that ended by expiry: it was never reported, or too late to change that} */
    public long awaitedExpired() {
        return awaited.expired.get();
    }

    /** {@return idempotency keys that are remembered} */
    public long keys() {
        return counts.keys();
    }

    /** {@return bytes of the store} */
    public long lengthBytes() {
        return (long) space.size() * BlockSpace.BLOCK_BYTES;
    }

    /** {@return share of the store that is in use, 0 to 1} */
    public double usedShare() {
        int size = space.size();
        return size == 0 ? 0 : 1 - (double) space.free() / size;
    }

    /** {@return what reads reservations for people} */
    public ReservationList list() {
        return new ReservationList(space, ids);
    }

    @Override
    public void close() throws IOException {
        space.clear();
        if (file != null) {
            file.close();
        }
    }
}
