/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The files of a bundle, read into memory. In order: tollgate.yaml, then folder by folder, then by name (bytes of UTF-16 code units), so
 * that the same files give the same result on every machine.
 *
 * <p>Read are {@code *.yaml} files of the known folders and of folders inside them. Hidden files and folders are skipped (editors and
 * Kubernetes put things there).
 */
final class SourceTree {
    private static final String SUFFIX = ".yaml";

    private final Path dir;
    private final Diagnostics diagnostics;
    private final List<SourceFile> files = new ArrayList<>();
    private long totalBytes;
    private boolean full;

    private SourceTree(Path dir, Diagnostics diagnostics) {
        this.dir = dir;
        this.diagnostics = diagnostics;
    }

    /** {@return the files, as far as they could be read; what could not is among the diagnostics} */
    static List<SourceFile> read(Path dir, Diagnostics diagnostics) {
        SourceTree tree = new SourceTree(dir, diagnostics);
        if (!Files.isRegularFile(dir.resolve(Folder.ROOT_FILE))) {
            diagnostics.error(
                    Position.ofFile(Folder.ROOT_FILE),
                    Code.NO_BUNDLE,
                    Files.isDirectory(dir)
                            ? "there is no " + Folder.ROOT_FILE + " in " + dir
                            : Quoted.of(dir.toString()) + " is not a directory",
                    "give the directory that holds the bundle's " + Folder.ROOT_FILE);
            return List.of();
        }
        tree.add(Folder.ROOT, Folder.ROOT_FILE, dir.resolve(Folder.ROOT_FILE));
        for (Folder folder : Folder.values()) {
            if (folder != Folder.ROOT && Files.isDirectory(dir.resolve(folder.folderName()))) {
                tree.folder(folder, folder.folderName(), dir.resolve(folder.folderName()), 1);
            }
        }
        tree.strays();
        return tree.files;
    }

    private void folder(Folder folder, String name, Path path, int depth) {
        if (depth > SourceLimits.MAX_FOLDER_DEPTH) {
            diagnostics.error(
                    Position.ofFile(name),
                    Code.TOO_LARGE,
                    "more than " + SourceLimits.MAX_FOLDER_DEPTH + " folders inside one another",
                    "move the files up");
            return;
        }
        for (Path child : children(name, path)) {
            String childName = name + "/" + child.getFileName();
            if (Files.isDirectory(child)) {
                folder(folder, childName, child, depth + 1);
            } else if (childName.endsWith(SUFFIX)) {
                add(folder, childName, child);
            } else if (looksLikeSource(childName)) {
                stray(childName, "it does not end in " + SUFFIX, "rename it, or move it out of the bundle");
            }
        }
    }

    private List<Path> children(String name, Path path) {
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(path)) {
            for (Path child : stream) {
                if (!child.getFileName().toString().startsWith(".")) {
                    children.add(child);
                }
            }
        } catch (IOException e) {
            unreadable(name, e);
        }
        children.sort(Comparator.comparing(child -> child.getFileName().toString()));
        return children;
    }

    private void add(Folder folder, String name, Path path) {
        if (full) {
            return;
        }
        if (files.size() == SourceLimits.MAX_FILES) {
            full = true;
            tooLarge(name, "more than " + SourceLimits.MAX_FILES + " files", "merge some of them");
            return;
        }
        read(name, path).ifPresent(content -> {
            totalBytes += content.length;
            if (totalBytes > SourceLimits.MAX_BUNDLE_BYTES) {
                full = true;
                tooLarge(
                        name,
                        "the bundle's files have more than " + SourceLimits.MAX_BUNDLE_BYTES + " bytes together",
                        "feed a directory of that size through the snapshot writer, see docs/bundle.md");
            } else {
                files.add(new SourceFile(folder, name, content));
            }
        });
    }

    private Optional<byte[]> read(String name, Path path) {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] content = in.readNBytes(SourceLimits.MAX_FILE_BYTES + 1);
            if (content.length > SourceLimits.MAX_FILE_BYTES) {
                tooLarge(name, "the file has more than " + SourceLimits.MAX_FILE_BYTES + " bytes", "split it");
                return Optional.empty();
            }
            return Optional.of(content);
        } catch (IOException e) {
            unreadable(name, e);
            return Optional.empty();
        }
    }

    /** What lies beside the known folders and looks as if it were meant to be read. */
    private void strays() {
        List<String> known = new ArrayList<>();
        for (Folder folder : Folder.values()) {
            known.add(folder == Folder.ROOT ? Folder.ROOT_FILE : folder.folderName());
        }
        for (Path child : children("", dir)) {
            String name = child.getFileName().toString();
            if (known.contains(name)) {
                continue;
            }
            if (Files.isDirectory(child)) {
                if (children(name, child).stream().anyMatch(c -> looksLikeSource(c.toString()))) {
                    stray(
                            name,
                            "it is no folder of a bundle",
                            Suggestions.remedy(name, known, "known are " + Suggestions.list(known)));
                }
            } else if (looksLikeSource(name)) {
                stray(
                        name,
                        "only " + Folder.ROOT_FILE + " is read here",
                        Suggestions.remedy(name, known, "move it into one of the folders " + Suggestions.list(known)));
            }
        }
    }

    private static boolean looksLikeSource(String name) {
        return name.endsWith(SUFFIX) || name.endsWith(".yml") || name.endsWith(".json");
    }

    private void stray(String name, String why, String remedy) {
        diagnostics.warning(Position.ofFile(name), Code.STRAY_FILE, "this is not read: " + why, remedy);
    }

    private void tooLarge(String name, String message, String remedy) {
        diagnostics.error(Position.ofFile(name), Code.TOO_LARGE, message, remedy);
    }

    private void unreadable(String name, IOException e) {
        diagnostics.error(
                Position.ofFile(name),
                Code.IO,
                "cannot be read: " + e.getClass().getSimpleName() + " " + Quoted.of(String.valueOf(e.getMessage())),
                "check that it exists and that this user may read it");
    }

    /** {@return the bytes that a digest over all files starts from, per file: name, length, content} */
    static byte[] digestHead(SourceFile file) {
        return (file.name() + "\n" + file.content().length + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
