/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.journal;

import io.tollgate.core.journal.JournalFormatException;
import io.tollgate.core.journal.JournalSegment;
import io.tollgate.core.journal.SettledBefore;
import io.tollgate.loader.storage.Storage;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.agrona.collections.LongHashSet;
import org.jspecify.annotations.Nullable;

/**
 * Makes sense of the segments that earlier runs left. Nothing in them keeps a sidecar from starting: a file whose header cannot be believed
 * is set aside at once; one with unreadable frames is read around them, and set aside when what could be read has been acknowledged.
 * One thread, before anybody else uses the journal.
 */
final class JournalRecovery {
    private static final System.Logger LOG = System.getLogger("tollgate.loader.journal");

    private final Storage storage;
    private final Path folder;
    private final Path damagedFolder;
    private final List<RunLog> runs = new ArrayList<>();
    /** First halves mixed with second halves: keyed hashes both, so two reservations do not meet. */
    private final LongHashSet settled = new LongHashSet();

    private long damaged;
    private String lastError = "";

    JournalRecovery(Storage storage, Path folder, Path damagedFolder) {
        this.storage = storage;
        this.folder = folder;
        this.damagedFolder = damagedFolder;
    }

    /** Runs with records that were not acknowledged, oldest first. */
    List<RunLog> runs() {
        return runs;
    }

    /** Segments that are damaged. */
    long damaged() {
        return damaged;
    }

    String lastError() {
        return lastError;
    }

    SettledBefore settled() {
        return (high, low) -> settled.contains(mix(high, low));
    }

    private static long mix(long high, long low) {
        return high ^ Long.rotateLeft(low, 32);
    }

    void run() throws IOException {
        // by boot id, which begins with the time, and by position in the run
        Map<String, List<SegmentFile>> byBoot = new TreeMap<>();
        for (Path path : segments()) {
            SegmentFile file = open(path);
            if (file != null) {
                byBoot.computeIfAbsent(file.segment().bootId(), boot -> new ArrayList<>())
                        .add(file);
            }
        }
        for (List<SegmentFile> files : byBoot.values()) {
            files.sort(
                    (a, b) -> Integer.compare(a.segment().index(), b.segment().index()));
            recover(files);
        }
    }

    private List<Path> segments() throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                if (entry.toString().endsWith(SegmentFile.UNFINISHED)) {
                    storage.delete(entry);
                } else if (entry.toString().endsWith(SegmentFile.SUFFIX)) {
                    found.add(entry);
                }
            }
        }
        return found;
    }

    private @Nullable SegmentFile open(Path path) {
        try {
            return SegmentFile.open(storage, path);
        } catch (IOException | JournalFormatException e) {
            String where = "it stays where it is";
            try {
                where = "it lies in " + SegmentFile.setAside(storage, path, damagedFolder) + " now";
            } catch (IOException again) {
                e.addSuppressed(again);
            }
            damaged(
                    path,
                    "cannot be read (" + e.getMessage() + "); " + where
                            + ", and the usage in it is not reported unless somebody mends it");
            return null;
        }
    }

    private void damaged(Path path, String what) {
        damaged++;
        lastError = "journal segment " + path.getFileName() + " " + what;
        LOG.log(System.Logger.Level.ERROR, lastError);
    }

    private void recover(List<SegmentFile> files) throws IOException {
        JournalSegment any = files.get(0).segment();
        RunLog run = new RunLog(new Producer(any.sidecarId(), any.bootId()), false);
        long acknowledged = 0;
        long last = 0;
        long readable = 0;
        for (SegmentFile file : files) {
            JournalSegment segment = file.segment();
            acknowledged = Math.max(acknowledged, segment.acknowledged());
            last = Math.max(last, segment.firstSequence() - 1);
            Scan scan = scan(file);
            last = Math.max(last, scan.last);
            readable += scan.records;
            if (segment.firstSequence() == 0 && scan.records == 0 && !file.isDamaged()) {
                // made ahead of need, and not needed
                file.discard(damagedFolder);
            } else {
                file.seal(scan.end);
                run.add(file);
            }
        }
        // what was deleted had been acknowledged, and the oldest that is left says so
        run.acknowledged(acknowledged);
        run.last(last);
        tellOfHoles(run, readable);
        if (run.pending() > 0) {
            runs.add(run);
        } else {
            for (SegmentFile file : run.files()) {
                file.discard(damagedFolder);
            }
        }
    }

    private void tellOfHoles(RunLog run, long readable) {
        SegmentFile[] files = run.files();
        if (files.length == 0) {
            return;
        }
        // those at the front may have been acknowledged before their neighbours
        long from = files[0].segment().firstSequence();
        long missing = Math.max(0, run.last() - Math.max(0, from - 1) - readable);
        if (missing > 0) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "journal of run " + run.producer().bootId() + ": " + missing + " of "
                            + (run.last() - from + 1)
                            + " sequences have no readable record (claimed by a thread that was"
                            + " killed, or damaged); they are reported as void");
        }
    }

    private static final class Scan {
        long last;
        long records;
        int end = JournalSegment.HEADER_BYTES;
    }

    private Scan scan(SegmentFile file) {
        JournalSegment segment = file.segment();
        Scan scan = new Scan();
        if (file.isCut()) {
            file.markDamaged();
            damaged(file.path(), "was cut off: it has " + file.length() + " of " + segment.wholeLength() + " bytes");
        }
        for (int at = RunLog.nextIntact(segment, scan.end); at >= 0; at = RunLog.nextIntact(segment, scan.end)) {
            lookAtHole(file, scan.end, at);
            scan.last = Math.max(scan.last, segment.frameSequence(at) + segment.frameCount(at) - 1);
            scan.records += segment.frameCount(at);
            if (segment.frameReservationHigh(at) != 0 || segment.frameReservationLow(at) != 0) {
                settled.add(mix(segment.frameReservationHigh(at), segment.frameReservationLow(at)));
            }
            scan.end = JournalSegment.after(at, segment.frameLength(at));
        }
        lookAtHole(file, scan.end, (int) Math.min(file.length(), segment.end() == 0 ? file.length() : segment.end()));
        return scan;
    }

    /** A place that says it was committed and is not whole is damage; zeros may be what was never committed. */
    private void lookAtHole(SegmentFile file, int from, int to) {
        if (file.isDamaged() || from >= to || file.segment().frameLength(from) == 0) {
            return;
        }
        file.markDamaged();
        damaged(
                file.path(),
                "is damaged between its bytes " + from + " and " + to
                        + "; what lies there cannot be reported, all else is. The file is set aside when that is acknowledged");
    }
}
