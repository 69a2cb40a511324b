/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.source;

import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * All files of a bundle, read and checked for their form.
 *
 * @param files in the order of folders and names
 * @param digest SHA-256 over names and contents, lower-case hex
 */
public record BundleSource(List<Part> files, String digest) {

    /**
     * One file.
     *
     * @param root its one mapping
     */
    public record Part(Folder folder, String name, Value.Fields root) {}

    /** {@return what could be read; what could not is among the diagnostics} */
    public static BundleSource read(Path dir, Diagnostics diagnostics) {
        MessageDigest digest = sha256();
        List<Part> parts = new ArrayList<>();
        YamlReader reader = new YamlReader(diagnostics);
        for (SourceFile file : SourceTree.read(dir, diagnostics)) {
            digest.update(SourceTree.digestHead(file));
            digest.update(file.content());
            Optional<Node> node = reader.read(file);
            if (node.isPresent()) {
                new ShapeChecker(file, diagnostics)
                        .check(node.get(), BundleShapes.of(file.folder()))
                        .ifPresent(value -> parts.add(new Part(file.folder(), file.name(), (Value.Fields) value)));
            }
        }
        return new BundleSource(parts, HexFormat.of().formatHex(digest.digest()));
    }

    /** {@return the files of a folder} */
    public List<Part> of(Folder folder) {
        return files.stream().filter(part -> part.folder() == folder).toList();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
