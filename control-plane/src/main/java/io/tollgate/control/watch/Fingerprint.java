/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.watch;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a bundle's directory looks like from outside: for each YAML file its size, time and identity. Editors that write a new file and
 * rename it change the identity, editors that write in place the time.
 *
 * @param files by path
 */
record Fingerprint(Map<String, String> files) {
    private static final int MAX_DEPTH = 10;
    private static final int MAX_FILES = 10_000;

    /**
     * Looks. Files that vanish meanwhile are left out; that is a change as well.
     *
     * @throws IOException when the directory itself cannot be looked at
     */
    static Fingerprint of(Path dir) throws IOException {
        Map<String, String> files = new TreeMap<>();
        Files.walkFileTree(dir, EnumSet.of(FileVisitOption.FOLLOW_LINKS), MAX_DEPTH, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return isHidden(dir, folder) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (!isHidden(dir, file) && file.toString().endsWith(".yaml")) {
                    files.put(
                            file.toString(),
                            attributes.size() + " " + attributes.lastModifiedTime() + " " + attributes.fileKey());
                }
                return files.size() < MAX_FILES ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (file.equals(dir)) {
                    throw e;
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return new Fingerprint(files);
    }

    private static boolean isHidden(Path dir, Path path) {
        return !path.equals(dir) && String.valueOf(path.getFileName()).startsWith(".");
    }
}
