/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Reads the control plane's configuration file as bundles are read: every mistake with line and column. */
public final class ConfigSource {
    private static final long MAX_BYTES = 1 << 20;

    private ConfigSource() {}

    /**
     * {@return the file's values; what is wrong is among the diagnostics}
     *
     * @throws IOException when the file cannot be read
     */
    public static Optional<Value.Fields> read(Path file, Diagnostics diagnostics) throws IOException {
        String name = file.toString();
        if (Files.size(file) > MAX_BYTES) {
            diagnostics.error(
                    Position.ofFile(name),
                    Code.TOO_LARGE,
                    "the file has more than " + MAX_BYTES + " bytes",
                    "this is no configuration file");
            return Optional.empty();
        }
        SourceFile source = new SourceFile(Folder.ROOT, name, Files.readAllBytes(file));
        Optional<Value> value = new YamlReader(diagnostics)
                .read(source)
                .flatMap(node -> new ShapeChecker(source, diagnostics).check(node, ControlPlaneShapes.FILE));
        if (value.isEmpty() && !diagnostics.hasErrors()) {
            diagnostics.error(
                    Position.ofFile(name),
                    Code.MISSING_KEY,
                    "the file is empty",
                    "it needs at least state_dir and bundles");
        }
        return value.map(Value.Fields.class::cast);
    }
}
