/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.vectors;

import io.tollgate.cli.lab.LabSnapshot;
import io.tollgate.control.compiler.BundleCompiler;
import io.tollgate.control.compiler.CompileResult;
import io.tollgate.control.compiler.CompiledBundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The bundles of the cases, each compiled once. */
final class VectorBundles {
    private final Path scratch;
    private final Map<String, CompiledBundle> compiled = new ConcurrentHashMap<>();
    private final Map<String, LabSnapshot> snapshots = new ConcurrentHashMap<>();

    VectorBundles(Path scratch) {
        this.scratch = scratch;
    }

    LabSnapshot snapshot(String name, int version) {
        return snapshots.computeIfAbsent(name + " " + version, key -> {
            try {
                return LabSnapshot.of(compiled.computeIfAbsent(name, VectorBundles::compile), version, scratch);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static CompiledBundle compile(String name) {
        final Path folder = VectorFile.ROOT.resolve("bundles").resolve(name);
        if (!Files.isDirectory(folder)) {
            throw new IllegalArgumentException("there is no bundle " + folder);
        }
        final CompileResult result = BundleCompiler.compile(folder);
        return result.bundle()
                .orElseThrow(() -> new IllegalArgumentException("bundle " + name + ": " + result.diagnostics()));
    }
}
