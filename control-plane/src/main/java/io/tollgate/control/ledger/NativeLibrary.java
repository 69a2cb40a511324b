/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.ledger;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where SQLite's native part is unpacked: beside the ledger, not in the machine's temporary folder, which may forbid execution and where a
 * killed process would leave a copy at every start. Once per JVM.
 */
final class NativeLibrary {
    private static final String PROPERTY = "org.sqlite.tmpdir";
    private static @Nullable Path prepared;

    private NativeLibrary() {}

    /** Sets the place, unless the operator did, and clears it of what a killed process left. */
    static synchronized void prepare(Path folder) throws IOException {
        if (prepared != null
                || System.getProperty(PROPERTY) != null
                || System.getProperty("org.sqlite.lib.path") != null) {
            return;
        }
        Path place = folder.resolve("native");
        Files.createDirectories(place);
        try (DirectoryStream<Path> left = Files.newDirectoryStream(place, "sqlite-*")) {
            for (Path file : left) {
                Files.deleteIfExists(file);
            }
        }
        System.setProperty(PROPERTY, place.toString());
        prepared = place;
    }
}
