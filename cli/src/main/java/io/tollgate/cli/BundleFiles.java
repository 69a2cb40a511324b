/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import io.tollgate.cli.render.DiagnosticsText;
import io.tollgate.cli.render.Paint;
import io.tollgate.control.source.Diagnostic;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A bundle's directory, for showing what is wrong in it. */
final class BundleFiles {
    /** Shows every byte of a file that is not UTF-8, too: an excerpt must not fail. */
    private static final Charset ANY = StandardCharsets.ISO_8859_1;

    private final Path directory;
    private final Map<String, List<String>> lines = new HashMap<>();

    private BundleFiles(Path directory) {
        this.directory = directory;
    }

    /** @throws CommandFailure if it is no directory */
    static BundleFiles in(Session session, Path directory) {
        final Path resolved = session.resolve(directory);
        if (!Files.isDirectory(resolved)) {
            throw CommandFailure.usage(resolved + (Files.exists(resolved) ? " is not a directory" : " does not exist")
                    + "; give the directory that holds tollgate.yaml");
        }
        return new BundleFiles(resolved);
    }

    Path directory() {
        return directory;
    }

    String show(List<Diagnostic> findings, Paint paint) {
        return DiagnosticsText.of(findings, name -> lines.computeIfAbsent(name, this::read), paint);
    }

    private List<String> read(String name) {
        final Path file = directory.resolve(name);
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            try {
                return Files.readAllLines(file, ANY);
            } catch (IOException unreadable) {
                return List.of();
            }
        }
    }
}
