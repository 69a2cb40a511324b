/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import io.tollgate.loader.inspect.SnapshotInspector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** Opens snapshots at rest, with messages for people. */
final class SnapshotFiles {
    private static final String MANIFEST = "manifest.bin";
    private static final String SNAPSHOTS = "snapshots";

    private SnapshotFiles() {}

    /** A file (.tgs), an installed folder, or a state directory that holds exactly one. */
    static SnapshotInspector open(Session session, Path path) throws IOException {
        final Path resolved = session.resolve(path);
        if (!Files.exists(resolved)) {
            throw CommandFailure.usage(resolved + " does not exist");
        }
        if (!Files.isDirectory(resolved) || Files.exists(resolved.resolve(MANIFEST))) {
            return SnapshotInspector.open(resolved);
        }
        final List<Path> installed = installed(resolved);
        if (installed.size() == 1) {
            return SnapshotInspector.open(installed.get(0));
        }
        throw CommandFailure.usage(
                installed.isEmpty()
                        ? resolved + " holds no snapshot; give a snapshot file (.tgs) or a sidecar's state directory"
                        : resolved + " holds several snapshots; give one of them:\n"
                                + String.join(
                                        "\n",
                                        installed.stream().map(Path::toString).toList()));
    }

    static String digest(SnapshotInspector snapshot) {
        return HexFormat.of().formatHex(snapshot.signedManifest().getSha256().toByteArray());
    }

    static CommandFailure damaged(Path path, IOException problem) {
        final String message = String.valueOf(problem.getMessage());
        return CommandFailure.no(message.contains(path.toString()) ? message : path + ": " + message);
    }

    private static List<Path> installed(Path directory) throws IOException {
        final Path snapshots = directory.resolve(SNAPSHOTS);
        try (Stream<Path> entries = Files.list(Files.isDirectory(snapshots) ? snapshots : directory)) {
            return entries.filter(entry -> Files.exists(entry.resolve(MANIFEST)))
                    .sorted()
                    .toList();
        }
    }
}
