/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.install;

import io.tollgate.loader.storage.Storage;
import io.tollgate.loader.transfer.Digests;
import io.tollgate.loader.transfer.SnapshotVersion;
import io.tollgate.v1.Section;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The file INSTALLED: written last, so that a folder with it is complete, and what every other file of the folder is checked against.
 * Text, for people with a damaged disk:
 *
 * <pre>
 *   tollgate-installed 1
 *   snapshot 3-17
 *   file static.bin 8210 5f0e1c22                          name, bytes, CRC-32C
 *   section 4 1000001 00c1d2e3f4a5b6c7 directory.chm 236912640 7d0a1b2c
 *                                                           number, records, sum over them, file, bytes, CRC-32C of its head
 *   crc32c 9a8b7c6d                                         over all the lines above
 * </pre>
 *
 * @param version what is installed
 * @param files the immutable files
 * @param sections the Chronicle Map files; their bytes change when they are read, so the sum is over the records
 */
record InstalledMarker(SnapshotVersion version, List<FileEntry> files, List<SectionEntry> sections) {
    static final String FILE_NAME = "INSTALLED";

    private static final String TEMP_NAME = "INSTALLED.tmp";
    private static final String HEAD = "tollgate-installed 1";
    private static final int HEX = 16;
    private static final int MAX_BYTES = 1 << 20;

    record FileEntry(String name, long lengthBytes, int crc32c) {}

    record SectionEntry(
            Section section, long records, long contentSum, String fileName, long lengthBytes, int headCrc32c) {}

    InstalledMarker {
        files = List.copyOf(files);
        sections = List.copyOf(sections);
    }

    /** Writes it so that it is there whole or not at all, on the disk. */
    void write(Storage storage, Path folder) throws IOException {
        byte[] bytes = encode().getBytes(StandardCharsets.ISO_8859_1);
        Path temp = folder.resolve(TEMP_NAME);
        try (FileChannel channel = storage.create(temp)) {
            storage.write(channel, ByteBuffer.wrap(bytes));
        }
        storage.sync(temp);
        storage.moveAtomically(temp, folder.resolve(FILE_NAME));
        storage.syncDirectory(folder);
    }

    /**
     * Reads it.
     *
     * @throws DamagedException when it is not what was written
     */
    static InstalledMarker read(Path folder) throws IOException, DamagedException {
        Path file = folder.resolve(FILE_NAME);
        if (Files.size(file) > MAX_BYTES) {
            throw new DamagedException(file + " is longer than any INSTALLED file");
        }
        String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        int lastLine = text.lastIndexOf("crc32c ");
        if (lastLine < 0 || !text.endsWith("\n")) {
            throw new DamagedException(file + " does not end with its sum");
        }
        byte[] summed = text.substring(0, lastLine).getBytes(StandardCharsets.ISO_8859_1);
        String expected = sumLine(Digests.crc32c(summed, 0, summed.length));
        if (!text.substring(lastLine).equals(expected)) {
            throw new DamagedException(file + " does not match its sum");
        }
        try {
            return parse(text.substring(0, lastLine).split("\n", -1));
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            throw new DamagedException(file + " is of another version of Tollgate: " + e.getMessage());
        }
    }

    private static InstalledMarker parse(String[] lines) {
        if (!lines[0].equals(HEAD)) {
            throw new IllegalArgumentException("it begins with '" + lines[0] + "', not '" + HEAD + "'");
        }
        SnapshotVersion version = StateDirectory.versionOf(Path.of(words(lines[1], "snapshot", 2)[1]))
                .orElseThrow(() -> new IllegalArgumentException("no version in '" + lines[1] + "'"));
        List<FileEntry> files = new ArrayList<>();
        List<SectionEntry> sections = new ArrayList<>();
        for (int i = 2; i < lines.length - 1; i++) {
            if (lines[i].startsWith("file ")) {
                String[] words = words(lines[i], "file", 4);
                files.add(new FileEntry(words[1], Long.parseLong(words[2]), Integer.parseUnsignedInt(words[3], HEX)));
            } else {
                String[] words = words(lines[i], "section", 7);
                Section section = Section.forNumber(Integer.parseInt(words[1]));
                if (section == null) {
                    throw new IllegalArgumentException("unknown section in '" + lines[i] + "'");
                }
                sections.add(new SectionEntry(
                        section,
                        Long.parseLong(words[2]),
                        Long.parseUnsignedLong(words[3], HEX),
                        words[4],
                        Long.parseLong(words[5]),
                        Integer.parseUnsignedInt(words[6], HEX)));
            }
        }
        return new InstalledMarker(version, files, sections);
    }

    private static String[] words(String line, String first, int count) {
        String[] words = line.split(" ");
        if (words.length != count || !words[0].equals(first)) {
            throw new IllegalArgumentException("line '" + line + "'");
        }
        return words;
    }

    private String encode() {
        StringBuilder text = new StringBuilder(HEAD).append('\n');
        text.append("snapshot ").append(version).append('\n');
        for (FileEntry file : files) {
            text.append(String.format(Locale.ROOT, "file %s %d %08x\n", file.name, file.lengthBytes, file.crc32c));
        }
        for (SectionEntry section : sections) {
            text.append(String.format(
                    Locale.ROOT,
                    "section %d %d %016x %s %d %08x\n",
                    section.section.getNumber(),
                    section.records,
                    section.contentSum,
                    section.fileName,
                    section.lengthBytes,
                    section.headCrc32c));
        }
        byte[] summed = text.toString().getBytes(StandardCharsets.ISO_8859_1);
        return text + sumLine(Digests.crc32c(summed, 0, summed.length));
    }

    private static String sumLine(int crc32c) {
        return String.format(Locale.ROOT, "crc32c %08x\n", crc32c);
    }
}
