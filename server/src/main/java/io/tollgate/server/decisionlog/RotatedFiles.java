/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decisionlog;

import io.tollgate.server.config.DecisionLogConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Log files that are full: {@code decisions.jsonl} becomes {@code decisions.20261121T050412345Z.jsonl}, later {@code ....jsonl.gz}.
 * Compresses a little at a time, so that entries do not wait for it. Belongs to the log's thread; its problems are said and tried again
 * with the next file.
 */
final class RotatedFiles {
    private static final System.Logger LOG = System.getLogger("tollgate.server.decisionlog");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmssSSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final String GZIP = ".gz";
    private static final String PART = ".gz.part";
    private static final int STEP_BYTES = 64 << 10;

    private final Path folder;
    private final String stem;
    private final String extension;
    private final Pattern rotated;
    private final DecisionLogConfig.Rotation rotation;
    private final byte[] step = new byte[STEP_BYTES];
    private long lengthBytes;
    private @Nullable Path source;
    private @Nullable InputStream from;
    private @Nullable OutputStream to;
    private @Nullable Path failed;
    /** Nothing is left to compress. */
    private boolean looked;

    RotatedFiles(final Path active, final DecisionLogConfig.Rotation rotation) {
        final Path parent = active.toAbsolutePath().getParent();
        folder = parent == null ? active.toAbsolutePath() : parent;
        final Path fileName = active.getFileName();
        final String name = fileName == null ? "" : fileName.toString();
        final int dot = name.lastIndexOf('.');
        stem = dot <= 0 ? name : name.substring(0, dot);
        extension = dot <= 0 ? "" : name.substring(dot);
        rotated = Pattern.compile(
                Pattern.quote(stem) + "\\.[0-9]{8}T[0-9]{9}Z(-[0-9]+)?" + Pattern.quote(extension) + "(\\.gz)?");
        this.rotation = rotation;
        try (Stream<Path> files = Files.list(folder)) {
            for (final Path file : files.toList()) {
                if (file.getFileName().toString().endsWith(PART) && matches(file, PART)) {
                    Files.deleteIfExists(file); // of a run that ended while compressing
                }
            }
        } catch (final IOException e) {
            LOG.log(Level.WARNING, "the folder of the decision log cannot be listed: " + e);
        }
        tidy();
    }

    private boolean matches(final Path file, final String suffix) {
        final String name = file.getFileName().toString();
        return rotated.matcher(name.substring(0, name.length() - suffix.length()))
                .matches();
    }

    /** Gives the active file a name with the time. */
    void rotate(final Path active, final long epochMs) throws IOException {
        final String time = TIME.format(Instant.ofEpochMilli(epochMs));
        Path target = folder.resolve(stem + "." + time + extension);
        for (int again = 1; Files.exists(target) || Files.exists(Path.of(target + GZIP)); again++) {
            target = folder.resolve(stem + "." + time + "-" + again + extension);
        }
        Files.move(active, target, StandardCopyOption.ATOMIC_MOVE);
        tidy();
    }

    /** Deletes what is too much, and chooses what to compress next. */
    private void tidy() {
        looked = false;
        try {
            final List<Path> files = list();
            for (int i = 0; i < files.size() - rotation.maxFiles(); i++) {
                if (files.get(i).equals(source)) {
                    abandon();
                }
                Files.deleteIfExists(files.get(i));
            }
            lengthBytes = 0;
            for (final Path file : list()) {
                lengthBytes += Files.size(file);
            }
        } catch (final IOException e) {
            LOG.log(Level.WARNING, "old files of the decision log could not be removed: " + e);
        }
    }

    /** {@return full files, the oldest first} */
    List<Path> list() throws IOException {
        final List<Path> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            files.filter(file -> rotated.matcher(file.getFileName().toString()).matches())
                    .forEach(found::add);
        }
        found.sort((a, b) -> order(a).compareTo(order(b)));
        return found;
    }

    /** The time, then the number of those of one time. */
    private String order(final Path file) {
        final String name = file.getFileName().toString();
        final String time = name.substring(stem.length() + 1, stem.length() + 20);
        final String rest = name.substring(stem.length() + 20).replaceAll("\\D", "");
        return time + "-" + "0".repeat(Math.max(0, 10 - rest.length())) + rest;
    }

    /** Compresses a little. {@return 1 when there was something to do, else 0} */
    int compress() {
        if (!rotation.compress()) {
            return 0;
        }
        try {
            if (from == null && !begin()) {
                return 0;
            }
            if (from != null && to != null) {
                final int count = from.read(step);
                if (count >= 0) {
                    to.write(step, 0, count);
                } else {
                    finish();
                }
            }
            return 1;
        } catch (final IOException e) {
            LOG.log(Level.WARNING, "a file of the decision log could not be compressed, it stays as it is: " + e);
            failed = source;
            abandon();
            return 0;
        }
    }

    private boolean begin() throws IOException {
        if (looked) {
            return false;
        }
        for (final Path file : list()) {
            if (!file.toString().endsWith(GZIP) && !file.equals(failed)) {
                source = file;
                from = Files.newInputStream(file);
                final Path part = Path.of(file + PART);
                to = new GZIPOutputStream(Files.newOutputStream(part));
                Files.setPosixFilePermissions(part, Files.getPosixFilePermissions(file));
                return true;
            }
        }
        looked = true;
        return false;
    }

    private void finish() throws IOException {
        final Path plain = source;
        if (to != null && from != null && plain != null) {
            to.close();
            from.close();
            Files.move(Path.of(plain + PART), Path.of(plain + GZIP), StandardCopyOption.ATOMIC_MOVE);
            Files.deleteIfExists(plain);
        }
        source = null;
        from = null;
        to = null;
        tidy();
    }

    private void abandon() {
        final Path plain = source;
        final InputStream in = from;
        final OutputStream out = to;
        source = null;
        from = null;
        to = null;
        try {
            if (in != null) {
                in.close();
            }
            if (out != null) {
                out.close();
            }
            if (plain != null) {
                Files.deleteIfExists(Path.of(plain + PART));
            }
        } catch (final IOException ignored) {
            // the next start deletes it
        }
    }

    /** {@return bytes of full files} */
    long lengthBytes() {
        return lengthBytes;
    }

    void close() {
        abandon();
    }
}
