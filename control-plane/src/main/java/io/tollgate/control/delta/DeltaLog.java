/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.delta;

import io.tollgate.v1.SignedDelta;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The deltas of one bundle and epoch, in files of about {@value #SEGMENT_BYTES} bytes. A delta is on disk before {@link #append} returns,
 * so before anybody sees it.
 *
 * <pre>
 *   EPOCH-FIRST.tgd    see {@link DeltaSegment}; FIRST is the sequence of its first delta
 * </pre>
 *
 * <p>What can be served is the newest gapless run. A snapshot that no delta leads to takes a sequence too ({@link #skip}): there the run
 * begins anew.
 *
 * <p>One thread at a time appends, skips and cleans; any thread reads. One lock, held for index work, not while a delta is read or written.
 */
public final class DeltaLog implements AutoCloseable {
    /** At least so many of the newest deltas can be served, or as many as take {@link #SERVED_BYTES}. */
    public static final int SERVED_DELTAS = 1_000;

    /** See {@link #SERVED_DELTAS}. */
    public static final long SERVED_BYTES = 64L << 20;

    static final long SEGMENT_BYTES = 8 << 20;
    static final String SUFFIX = ".tgd";

    private static final Logger LOG = System.getLogger("tollgate.control.delta");
    private static final long CACHE_BYTES = 8 << 20;

    private final Path folder;
    private final long epoch;
    private final long segmentBytes;
    /** Oldest first; gapless from one to the next. */
    private final Deque<DeltaSegment> run = new ArrayDeque<>();
    /** The newest deltas as they travel; the last is the newest. */
    private final Deque<SignedDelta> cache = new ArrayDeque<>();

    private long cachedBytes;
    private long newest;
    private boolean lost;

    private DeltaLog(Path folder, long epoch, long segmentBytes) {
        this.folder = folder;
        this.epoch = epoch;
        this.segmentBytes = segmentBytes;
    }

    /**
     * Opens the log behind a snapshot. A torn tail is cut off and said.
     *
     * @param folder of the bundle
     * @param base the last delta that is in the snapshot
     */
    public static DeltaLog open(Path folder, long epoch, long base) throws IOException {
        return open(folder, epoch, base, SEGMENT_BYTES);
    }

    static DeltaLog open(Path folder, long epoch, long base, long segmentBytes) throws IOException {
        DeltaLog log = new DeltaLog(folder, epoch, segmentBytes);
        try {
            log.restore(base);
        } catch (IOException | RuntimeException e) {
            log.close();
            throw e;
        }
        return log;
    }

    /** A log file by its name. */
    record Named(Path file, long epoch, long first) {}

    /** {@return the log files of a bundle, oldest epoch and sequence first} */
    static List<Named> files(Path folder) throws IOException {
        List<Named> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                String[] parts =
                        name.substring(0, name.length() - SUFFIX.length()).split("-", -1);
                try {
                    if (parts.length == 2) {
                        found.add(new Named(file, Long.parseLong(parts[0]), Long.parseLong(parts[1])));
                    }
                } catch (NumberFormatException e) {
                    LOG.log(Level.DEBUG, "not a delta log of ours: " + file);
                }
            }
        }
        found.sort(Comparator.comparingLong(Named::epoch).thenComparingLong(Named::first));
        return found;
    }

    private void restore(long base) throws IOException {
        List<Named> files =
                files(folder).stream().filter(named -> named.epoch() == epoch).toList();
        for (int i = files.size() - 1; i >= 0; i--) {
            DeltaSegment segment =
                    DeltaSegment.open(files.get(i).file(), epoch, files.get(i).first(), i == files.size() - 1);
            if (!segment.damage().isEmpty()) {
                damaged(segment);
            }
            if (!segment.isDamagedInside() && segment.last() < segment.first()) {
                segment.close(); // Begun, and nothing was written into it.
                continue;
            }
            if (!isJoined(segment, base)) {
                segment.close();
                break;
            }
            run.addFirst(segment);
            if (segment.first() <= base + 1 && (served(SERVED_DELTAS) || servedBytes() >= SERVED_BYTES)) {
                break;
            }
        }
        DeltaSegment last = run.peekLast();
        newest = last == null ? base : last.last();
        if (!lost && newest > base && oldest() > base) {
            LOG.log(Level.ERROR, folder + ": the deltas from " + (base + 1) + " to " + oldest() + " are missing");
            lost = true;
        }
        if (newest < base || lost) {
            // Cut behind the last delta by a snapshot, or no longer whole.
            closeRun();
            newest = Math.max(newest, base);
        }
    }

    private void damaged(DeltaSegment segment) {
        LOG.log(
                segment.isDamagedInside() ? Level.ERROR : Level.WARNING,
                segment.file() + ": " + segment.damage() + "; "
                        + (segment.isDamagedInside()
                                ? "deltas after it are whole, so this is damage and no torn end"
                                : "cut off there: it was not on disk yet, so nobody has seen it"));
        if (!segment.isDamagedInside()) {
            segment.accept();
        }
    }

    /** Whether a segment, an older one than the run, is of the run: it ends where that begins. */
    private boolean isJoined(DeltaSegment segment, long base) {
        DeltaSegment next = run.peekFirst();
        if (segment.isDamagedInside()) {
            lost |= next == null || next.first() > base + 1;
            return false;
        }
        if (next != null) {
            segment.trimTo(next.first() - 1);
        }
        return next == null || segment.last() == next.first() - 1;
    }

    /** {@return whether deltas behind the snapshot are damaged or missing: the newest state is not known any more} */
    public synchronized boolean isLost() {
        return lost;
    }

    /** {@return the newest sequence, of a delta or a snapshot} */
    public synchronized long newest() {
        return newest;
    }

    /** {@return the sequence from which on everything up to the newest can be had: the next ones can be read} */
    public synchronized long oldest() {
        DeltaSegment first = run.peekFirst();
        return first == null ? newest : first.first() - 1;
    }

    /** Appends the delta after the newest. It is on disk when this returns, and can be read from then on. */
    public void append(SignedDelta delta) throws IOException {
        DeltaSegment target = writable();
        long bytes = target.write(delta, newest + 1);
        synchronized (this) {
            target.commit(bytes);
            newest++;
            cache.addLast(delta);
            cachedBytes += delta.getSerializedSize();
            while (cachedBytes > CACHE_BYTES) {
                cachedBytes -= cache.removeFirst().getSerializedSize();
            }
        }
    }

    private DeltaSegment writable() throws IOException {
        DeltaSegment last;
        synchronized (this) {
            last = run.peekLast();
        }
        if (last != null && last.isWritable() && last.bytes() < segmentBytes) {
            return last;
        }
        if (last != null && last.last() < last.first()) {
            synchronized (this) {
                run.removeLast(); // The first write into it failed.
            }
            last.close();
        }
        DeltaSegment begun =
                DeltaSegment.create(folder.resolve(epoch + "-" + (newest + 1) + SUFFIX), epoch, newest + 1);
        synchronized (this) {
            run.addLast(begun);
        }
        return begun;
    }

    /** A snapshot has taken the next sequence: no delta leads to it. */
    public synchronized void skip(long sequence) throws IOException {
        closeRun();
        newest = sequence;
    }

    private void closeRun() throws IOException {
        for (DeltaSegment segment : run) {
            segment.close();
        }
        run.clear();
        cache.clear();
        cachedBytes = 0;
    }

    /**
     * Reads deltas in order.
     *
     * @param after the sequence before the first wanted
     * @param maxBytes the answer stays below, unless it is a single delta
     * @return empty when there are none after it
     * @throws IOException when they are not kept any more, or cannot be read
     */
    public List<SignedDelta> read(long after, long maxBytes) throws IOException {
        List<SignedDelta> deltas = new ArrayList<>();
        long bytes = 0;
        for (long sequence = after + 1; ; sequence++) {
            SignedDelta delta = one(sequence);
            if (delta == null) {
                return deltas;
            }
            bytes += delta.getSerializedSize();
            if (!deltas.isEmpty() && bytes > maxBytes) {
                return deltas;
            }
            deltas.add(delta);
        }
    }

    private @Nullable SignedDelta one(long sequence) throws IOException {
        DeltaSegment segment = null;
        long offset = 0;
        long bytes = 0;
        synchronized (this) {
            if (sequence > newest) {
                return null;
            }
            if (sequence <= oldest()) {
                throw new IOException("delta " + sequence + " is not kept; the oldest is " + (oldest() + 1));
            }
            if (newest - sequence < cache.size()) {
                Iterator<SignedDelta> cached = cache.descendingIterator();
                for (long skip = newest - sequence; skip > 0; skip--) {
                    cached.next();
                }
                return cached.next();
            }
            for (DeltaSegment candidate : run) {
                if (candidate.first() <= sequence && sequence <= candidate.last()) {
                    segment = candidate;
                    offset = candidate.offset(sequence);
                    bytes = candidate.frameBytesOf(sequence);
                }
            }
        }
        if (segment == null) {
            throw new IOException("delta " + sequence + " is not kept");
        }
        return segment.read(offset, bytes);
    }

    /**
     * Deletes the files of this epoch that nobody wants. What must be servable stays anyway.
     *
     * @param archived whether a file is wanted, by the sequence of its last delta
     */
    public synchronized void clean(LongPredicate archived) throws IOException {
        while (run.size() > 1 && isServedWithout(run.getFirst())) {
            run.removeFirst().close();
        }
        List<Named> files =
                files(folder).stream().filter(named -> named.epoch() == epoch).toList();
        for (int i = 0; i < files.size(); i++) {
            Path file = files.get(i).file();
            long last = i + 1 < files.size() ? files.get(i + 1).first() - 1 : newest;
            boolean served = run.stream().anyMatch(segment -> segment.file().equals(file));
            if (!served && !archived.test(last)) {
                Files.deleteIfExists(file);
            }
        }
    }

    private boolean isServedWithout(DeltaSegment segment) {
        return newest - segment.last() >= SERVED_DELTAS || servedBytes() - segment.bytes() >= SERVED_BYTES;
    }

    private boolean served(int deltas) {
        DeltaSegment first = run.peekFirst();
        DeltaSegment last = run.peekLast();
        return first != null && last != null && last.last() - first.first() + 1 >= deltas;
    }

    private long servedBytes() {
        return run.stream().mapToLong(DeltaSegment::bytes).sum();
    }

    @Override
    public synchronized void close() throws IOException {
        closeRun();
    }
}
