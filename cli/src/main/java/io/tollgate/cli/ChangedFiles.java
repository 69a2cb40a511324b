/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Which files of a bundle were saved since the last look, and when. For one thread. */
final class ChangedFiles {
    private static final int MAX_DEPTH = 10;

    /**
     * What changed.
     *
     * @param names relative to the bundle, sorted; empty if nothing did
     * @param savedAtMs the latest of their times; 0 if files only vanished
     */
    record Change(List<String> names, long savedAtMs) {
        /** "policies/acme.yaml", "policies/acme.yaml and 2 more" */
        String text() {
            return switch (names.size()) {
                case 0 -> "bundle";
                case 1 -> names.get(0);
                default -> names.get(0) + " and " + (names.size() - 1) + " more";
            };
        }
    }

    private final Path directory;
    private Map<String, Long> seen;

    ChangedFiles(Path directory) {
        this.directory = directory;
        this.seen = look();
    }

    Change sinceLastLook() {
        final Map<String, Long> now = look();
        final List<String> names = new ArrayList<>();
        long savedAtMs = 0;
        for (Map.Entry<String, Long> file : now.entrySet()) {
            if (!file.getValue().equals(seen.get(file.getKey()))) {
                names.add(file.getKey());
                savedAtMs = Math.max(savedAtMs, file.getValue());
            }
        }
        for (String file : seen.keySet()) {
            if (!now.containsKey(file)) {
                names.add(file);
            }
        }
        seen = now;
        return new Change(names.stream().sorted().toList(), savedAtMs);
    }

    private Map<String, Long> look() {
        final Map<String, Long> files = new TreeMap<>();
        try (Stream<Path> walk = Files.walk(directory, MAX_DEPTH)) {
            walk.filter(file -> file.toString().endsWith(".yaml")).forEach(file -> {
                try {
                    files.put(
                            directory.relativize(file).toString(),
                            Files.getLastModifiedTime(file).toMillis());
                } catch (IOException e) {
                    // It vanished meanwhile, which the next look tells.
                    files.remove(directory.relativize(file).toString());
                }
            });
        } catch (IOException | UncheckedIOException e) {
            return files;
        }
        return files;
    }
}
