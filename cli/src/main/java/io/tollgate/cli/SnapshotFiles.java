/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import io.tollgate.control.publish.SnapshotFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens snapshot files, with messages for people. */
final class SnapshotFiles {
    private SnapshotFiles() {}

    static SnapshotFile open(Session session, Path file) throws IOException {
        final Path resolved = session.resolve(file);
        if (!Files.exists(resolved)) {
            throw CommandFailure.usage(resolved + " does not exist");
        }
        if (Files.isDirectory(resolved)) {
            throw CommandFailure.usage(resolved
                    + " is a directory; give a snapshot file (.tgs), or ask the running sidecar: tollgate status");
        }
        return SnapshotFile.open(resolved);
    }

    static CommandFailure damaged(Path file, IOException problem) {
        final String message = String.valueOf(problem.getMessage());
        return CommandFailure.no(message.contains(file.getFileName().toString()) ? message : file + ": " + message);
    }
}
