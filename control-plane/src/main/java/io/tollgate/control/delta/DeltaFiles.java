/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.delta;

import io.tollgate.v1.Delta;
import io.tollgate.v1.SignedDelta;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The delta files of a bundle as an archive: read only, of every epoch, also beside a running control plane. Remembers how far each file
 * reaches once another one follows it, because it never changes then. Not thread-safe.
 */
public final class DeltaFiles {
    private final Path folder;
    private final Map<Path, Long> lastOf = new HashMap<>();

    /** The files of a bundle's folder. */
    public DeltaFiles(Path folder) {
        this.folder = folder;
    }

    /**
     * A file and the sequences of its deltas.
     *
     * @param last first - 1 when there is none in it
     */
    public record Range(Path file, long epoch, long first, long last, long bytes) {}

    /** {@return all files, oldest epoch and sequence first} */
    public List<Range> ranges() throws IOException {
        List<DeltaLog.Named> files = DeltaLog.files(folder);
        List<Range> ranges = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            DeltaLog.Named file = files.get(i);
            Long last = lastOf.get(file.file());
            if (last == null) {
                try (DeltaSegment segment = DeltaSegment.open(file.file(), file.epoch(), file.first(), false)) {
                    last = segment.last();
                }
                if (i + 1 < files.size()) {
                    lastOf.put(file.file(), last);
                }
            }
            ranges.add(new Range(file.file(), file.epoch(), file.first(), last, Files.size(file.file())));
        }
        lastOf.keySet()
                .removeIf(known -> files.stream().noneMatch(file -> file.file().equals(known)));
        return ranges;
    }

    /** {@return whether every delta after one sequence and up to another is there} */
    public static boolean cover(List<Range> ranges, long epoch, long after, long upTo) {
        long reached = after;
        for (Range range : ranges) {
            if (range.epoch() == epoch && range.first() <= reached + 1 && range.last() > reached) {
                reached = range.last();
            }
        }
        return reached >= upTo;
    }

    /** Takes deltas in order. */
    @FunctionalInterface
    public interface Visitor {
        /** Takes the next delta. */
        void delta(Delta delta) throws IOException;
    }

    /**
     * Hands out the deltas after one sequence and up to another.
     *
     * @throws IOException when one is missing or damaged
     */
    public void forEach(long epoch, long after, long upTo, Visitor visitor) throws IOException {
        long reached = after;
        for (Range range : ranges()) {
            if (range.epoch() != epoch || range.last() <= reached || range.first() > reached + 1 || reached >= upTo) {
                continue;
            }
            try (DeltaSegment segment = DeltaSegment.open(range.file(), epoch, range.first(), false)) {
                for (long end = Math.min(upTo, segment.last()); reached < end; reached++) {
                    long next = reached + 1;
                    SignedDelta signed = segment.read(segment.offset(next), segment.frameBytesOf(next));
                    visitor.delta(Delta.parseFrom(signed.getDelta()));
                }
            }
        }
        if (reached < upTo) {
            throw new IOException("delta " + (reached + 1) + " of epoch " + epoch + " is not in " + folder);
        }
    }
}
