/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.tollgate.server.lifecycle.SidecarStartException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * The file of a Unix domain socket. The socket is bound under a temporary name, gets mode 0660 and only then its real
 * name, so that nobody can connect while the mode is still what the umask made it; the same rename replaces what a
 * dead process left behind.
 */
final class UnixSocketFile {
    private static final String MODE = "rw-rw----";

    private final Path path;
    private final Path bindPath;
    private @Nullable Object fileKey;

    UnixSocketFile(final Path path) {
        this.path = path.toAbsolutePath();
        this.bindPath = this.path.resolveSibling(
                "." + path.getFileName() + "." + ProcessHandle.current().pid());
    }

    /** {@return the name to bind}, after making sure that the real name is free or left over. */
    Path prepare() {
        final Path directory = path.getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            throw new SidecarStartException(
                    "listen.unix_socket: the directory of " + path + " does not exist; create it");
        }
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            requireStale();
        }
        delete(bindPath);
        return bindPath;
    }

    /** Gives the bound socket its mode and its real name. */
    void publish() {
        try {
            Files.setPosixFilePermissions(bindPath, PosixFilePermissions.fromString(MODE));
            Files.move(bindPath, path, StandardCopyOption.ATOMIC_MOVE);
            fileKey = keyOf(path);
        } catch (final IOException e) {
            delete(bindPath);
            throw new SidecarStartException("listen.unix_socket: " + path + " cannot be created: " + e, e);
        }
    }

    /** Removes the file, unless another process has put its own there meanwhile. */
    void remove() {
        delete(bindPath);
        try {
            if (fileKey != null && fileKey.equals(keyOf(path))) {
                Files.deleteIfExists(path);
            }
        } catch (final IOException ignored) {
            // gone, or not ours to delete: the next start replaces it
        }
        fileKey = null;
    }

    Path path() {
        return path;
    }

    private void requireStale() {
        try {
            final Object type = Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
            if (((Integer) type & 0170000) != 0140000) {
                throw new SidecarStartException(
                        "listen.unix_socket: " + path + " exists and is no socket; remove it or choose another path");
            }
        } catch (final IOException e) {
            throw new SidecarStartException("listen.unix_socket: " + path + " cannot be examined: " + e, e);
        }
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.connect(UnixDomainSocketAddress.of(path));
        } catch (final ConnectException stale) {
            return; // nobody listens
        } catch (final IOException e) {
            throw new SidecarStartException(
                    "listen.unix_socket: cannot tell whether somebody listens on " + path + ": " + e, e);
        }
        throw new SidecarStartException(
                "listen.unix_socket: another process listens on " + path + "; stop it or choose another path");
    }

    private static @Nullable Object keyOf(final Path file) throws IOException {
        return Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS);
    }

    private static void delete(final Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (final FileSystemException ignored) {
            // binding will say what is wrong
        } catch (final IOException ignored) {
            // likewise
        }
    }
}
