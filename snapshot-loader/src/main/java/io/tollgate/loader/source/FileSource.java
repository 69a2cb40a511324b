/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.source;

import io.tollgate.loader.transfer.ControlPlaneClient.Failure.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * A file of this host, or of a file system that it mounts. The head is read again when size, time or identity have changed, or when the
 * time is so young that another change could bear the same.
 */
final class FileSource implements SnapshotSource {
    /** File systems tell times apart that are so far from each other. */
    private static final long SETTLED_MS = 2_000;

    private final Path file;
    private volatile Head known = new Head("", new byte[0]);

    private record Head(String stamp, byte[] bytes) {}

    FileSource(Path file) {
        this.file = file;
    }

    @Override
    public byte[] head(int maxBytes) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            String stamp = attributes.size() + " " + attributes.lastModifiedTime() + " " + attributes.fileKey();
            Head last = known;
            if (last.stamp.equals(stamp)) {
                return last.bytes;
            }
            byte[] bytes;
            try (InputStream in = Files.newInputStream(file)) {
                bytes = in.readNBytes(maxBytes);
            }
            boolean settled =
                    System.currentTimeMillis() - attributes.lastModifiedTime().toMillis() > SETTLED_MS;
            known = new Head(settled ? stamp : "", bytes);
            return bytes;
        } catch (NoSuchFileException e) {
            throw new SourceException(Kind.NOT_FOUND, "there is no such file");
        }
    }

    @Override
    public Statement statement() throws IOException {
        Path beside = file.resolveSibling(file.getFileName() + STATEMENT_SUFFIX);
        try (InputStream in = Files.newInputStream(beside)) {
            return new Statement(in.readNBytes(MAX_STATEMENT_BYTES + 1), 0);
        } catch (NoSuchFileException e) {
            return new Statement(null, 0);
        }
    }

    /** Always from the start: skipping over what is here already costs next to nothing. */
    @Override
    public Content open(String tag, long offset) throws IOException {
        try {
            return new Content(Files.newInputStream(file), "", 0);
        } catch (NoSuchFileException e) {
            throw new SourceException(Kind.NOT_FOUND, "there is no such file");
        }
    }

    @Override
    public String address() {
        return "file://" + file;
    }

    @Override
    public void close() {
        // Nothing stays open between calls.
    }
}
