/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decisionlog;

import io.tollgate.server.config.DecisionLogConfig;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lines into a file that is renamed when it is full. Belongs to the log's thread.
 *
 * <p>When the file cannot be written: it is said once, {@link #isHealthy()} is false, what was half written is cut away, lines are lost and
 * counted, except those that must be kept, which wait (they are bounded by the rings, since no more of them are promised meanwhile); and
 * it is tried again every second.
 */
final class FileSink {
    private static final System.Logger LOG = System.getLogger("tollgate.server.decisionlog");
    private static final long RETRY_NS = TimeUnit.SECONDS.toNanos(1);
    private static final int CHUNK_BYTES = 256 << 10;

    private final Path path;
    private final DecisionLogConfig.Rotation rotation;
    private final boolean fsyncKept;
    private final LogFile.Opener opener;
    private final RotatedFiles full;
    private final ArrayDeque<Line> waiting = new ArrayDeque<>();
    private final LogTotals totals;
    private ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
    private @Nullable LogFile file;
    /** Whole lines end here; behind it is what a failed write left. */
    private long wholeBytes;

    private long begunAtMs;
    private boolean failed;
    private long retryAtNs;
    private long lookedAtNs;
    private long lostInThisFailure;

    private record Line(byte[] bytes, boolean keep, boolean audited) {}

    /**
     * Opens the file.
     *
     * @throws IOException when it cannot be used
     */
    FileSink(final Path path, final DecisionLogConfig config, final LogFile.Opener opener, final LogTotals totals)
            throws IOException {
        this.path = path.toAbsolutePath();
        rotation = config.rotation();
        fsyncKept = config.auditedFsync();
        this.opener = opener;
        this.totals = totals;
        final Path folder = this.path.getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        full = new RotatedFiles(this.path, rotation);
        open();
        report();
    }

    private LogFile open() throws IOException {
        final LogFile known = file;
        if (known != null) {
            return known;
        }
        final LogFile opened = opener.open(path);
        file = opened;
        wholeBytes = opened.length();
        final long created = Files.readAttributes(path, BasicFileAttributes.class)
                .creationTime()
                .toMillis();
        begunAtMs = wholeBytes == 0 ? Long.MAX_VALUE : created;
        return opened;
    }

    /** {@return whether what was written last could be written} */
    boolean isHealthy() {
        return !failed;
    }

    /**
     * Takes a line, with its end.
     *
     * @param keep    it must not be lost
     * @param audited of an audited operation
     */
    void add(final byte[] line, final boolean keep, final boolean audited) {
        if (failed && !keep && !waiting.isEmpty()) {
            lose(1); // one is kept to try with
        } else {
            waiting.add(new Line(line, keep, audited));
        }
    }

    /** Writes what has been taken. {@return lines written} */
    int flush(final long nowNs, final long epochMs) {
        if (failed && (waiting.isEmpty() || nowNs - retryAtNs < 0)) {
            return 0;
        }
        int count = 0;
        try {
            if (failed) {
                mend();
            }
            rotateIfOld(epochMs);
            reopenIfTaken(nowNs);
            while (!waiting.isEmpty()) {
                count += writeChunk(epochMs);
            }
            if (failed) {
                recovered();
            }
        } catch (final IOException | RuntimeException e) {
            fail(e, nowNs, epochMs);
        }
        report();
        return count;
    }

    private int writeChunk(final long epochMs) throws IOException {
        rotateIfFull(waiting.getFirst().bytes().length, epochMs);
        int lines = 0;
        boolean audited = false;
        chunk.clear();
        for (final Line line : waiting) {
            final int length = line.bytes().length;
            if (lines == 0 && length > chunk.capacity()) {
                chunk = ByteBuffer.allocateDirect(length);
            }
            if (length > chunk.remaining()
                    || lines > 0 && wholeBytes + chunk.position() + length > rotation.maxFileBytes()) {
                break;
            }
            chunk.put(line.bytes());
            audited |= line.audited();
            lines++;
        }
        final int bytes = chunk.flip().limit();
        final LogFile to = open();
        while (chunk.hasRemaining()) {
            to.write(chunk);
        }
        if (audited && fsyncKept) {
            to.force();
        }
        if (wholeBytes == 0) {
            begunAtMs = epochMs;
        }
        wholeBytes += bytes;
        for (int i = 0; i < lines; i++) {
            waiting.removeFirst();
        }
        totals.written(lines);
        return lines;
    }

    private void rotateIfFull(final int nextBytes, final long epochMs) throws IOException {
        open();
        if (wholeBytes > 0 && wholeBytes + nextBytes > rotation.maxFileBytes()) {
            rotate(epochMs);
        }
    }

    /** Somebody may have moved or deleted it; looked after once a second. */
    private void reopenIfTaken(final long nowNs) throws IOException {
        if (waiting.isEmpty() || nowNs - lookedAtNs < RETRY_NS) {
            return;
        }
        lookedAtNs = nowNs;
        final LogFile old = file;
        if (old != null && !Files.exists(path)) {
            file = null;
            old.close();
            LOG.log(Level.WARNING, "decision log " + path + " was moved or deleted by somebody; a new file begins");
            open();
        }
    }

    private void rotateIfOld(final long epochMs) throws IOException {
        if (rotation.maxFileAgeMs() > 0 && wholeBytes > 0 && epochMs - begunAtMs >= rotation.maxFileAgeMs()) {
            rotate(epochMs);
        }
    }

    private void rotate(final long epochMs) throws IOException {
        final LogFile old = open();
        old.force();
        old.close();
        file = null;
        full.rotate(path, epochMs);
        open();
    }

    /** Takes away what a failed write left behind. */
    private void mend() throws IOException {
        final LogFile mended = open();
        if (mended.length() > wholeBytes) {
            mended.truncate(wholeBytes);
        }
    }

    private void fail(final Exception cause, final long nowNs, final long epochMs) {
        retryAtNs = nowNs + RETRY_NS;
        totals.failed(cause, epochMs);
        if (!failed) {
            failed = true;
            lostInThisFailure = 0;
            LOG.log(
                    Level.ERROR,
                    "decision log " + path + " cannot be written, entries are being lost; it is tried every second: "
                            + cause);
        }
        final int before = waiting.size();
        waiting.removeIf(line -> !line.keep());
        lose(before - waiting.size());
        try {
            mend();
        } catch (final IOException | RuntimeException ignored) {
            // tried again before the next write
        }
    }

    private void recovered() {
        failed = false;
        LOG.log(Level.INFO, "decision log " + path + " is written again; " + lostInThisFailure + " entries were lost");
    }

    private void lose(final int count) {
        lostInThisFailure += count;
        totals.lost(count);
    }

    /** Compresses a little of what is full. {@return work done} */
    int tidy() {
        final int work = full.compress();
        if (work > 0) {
            report();
        }
        return work;
    }

    private void report() {
        totals.lengthBytes(wholeBytes + full.lengthBytes());
    }

    /** Writes what is left, once, and closes. */
    void close(final long nowNs, final long epochMs) {
        retryAtNs = nowNs;
        flush(nowNs, epochMs);
        lose(waiting.size());
        full.close();
        final LogFile open = file;
        if (open != null) {
            try (open) {
                open.force();
            } catch (final IOException e) {
                LOG.log(Level.WARNING, "decision log " + path + " could not be closed: " + e);
            }
        }
    }
}
