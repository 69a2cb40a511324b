/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.Effect;
import io.tollgate.core.world.def.ConditionDef;
import io.tollgate.core.world.def.PolicyDef;
import io.tollgate.core.world.def.RuleDef;
import io.tollgate.core.world.def.WhatDef;
import io.tollgate.core.world.def.WhoDef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorldFilesTest {
    private static final int FILES = 4;

    @TempDir
    Path directory;

    private final WorldTables tables = WorldFixture.tables();
    private WorldFiles files = new WorldFiles(List.of(), 0);

    @BeforeEach
    void write() throws IOException {
        files = write(directory, 77);
    }

    private WorldFiles write(final Path where, final long buildId) throws IOException {
        try (WorldWriter writer = WorldWriter.create(
                new WorldWriterSettings(where, 4, buildId, 99, 1 << 20),
                tables,
                new WorldFixture.Cells(),
                WorldFixture::inlineRate)) {
            writer.add(WorldFixture.global(WorldFixture.rate("tpm", 60, 6)));
            writer.add(WorldFixture.organization("acme", null, WorldFixture.monthly("m", 5)));
            writer.add(WorldFixture.principal("acme", "user", "alice", List.of("admin")));
            return writer.finish();
        }
    }

    private World open(final World.Check check) throws IOException {
        return World.open(directory, tables, WorldFixture.facts(1), check);
    }

    private String refusal(final World.Check check) {
        return String.valueOf(
                assertThrows(WorldFormatException.class, () -> open(check).close())
                        .getMessage());
    }

    @Test
    void shouldReportSizeAndChecksumOfEveryFileAndLeaveNothingElse() throws IOException {
        assertEquals(FILES, files.files().size());
        assertEquals(3, files.scopes());
        for (final WorldFiles.WorldFile file : files.files()) {
            final byte[] bytes = Files.readAllBytes(directory.resolve(file.name()));
            final CRC32C crc = new CRC32C();
            crc.update(bytes);
            assertEquals(bytes.length, file.sizeBytes(), file.name());
            assertEquals((int) crc.getValue(), file.crc32c(), file.name());
            assertTrue(bytes.length < 2048, "a small world has small files");
        }
        try (var listing = Files.list(directory)) {
            assertEquals(FILES, listing.count());
        }
    }

    @Test
    void shouldWriteTheSameBytesFromTheSameInputs(@TempDir final Path other) throws IOException {
        write(other, 77);
        for (final WorldFiles.WorldFile file : files.files()) {
            assertEquals(-1, Files.mismatch(directory.resolve(file.name()), other.resolve(file.name())));
        }
    }

    @Test
    void shouldRefuseEveryFileWithAFlippedBit() throws IOException {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        for (final WorldFiles.WorldFile file : files.files()) {
            final Path path = directory.resolve(file.name());
            final byte[] good = Files.readAllBytes(path);
            for (int at = 0; at < good.length; at++) {
                final byte[] bad = good.clone();
                bad[at] ^= (byte) (1 << random.nextInt(Byte.SIZE));
                Files.write(path, bad);
                final String where = file.name() + " byte " + at + ", seed " + seed;
                assertTrue(refusal(World.Check.EVERY_BYTE).contains(file.name()), where);
                if (at < FileDescriptor.LENGTH || file.name().equals("directory-3.tgw")) {
                    assertTrue(refusal(World.Check.HEADS).contains(file.name()), where);
                }
            }
            Files.write(path, good);
        }
        open(World.Check.EVERY_BYTE).close();
    }

    @Test
    void shouldRefuseEveryTruncatedOrLengthenedFile() throws IOException {
        for (final WorldFiles.WorldFile file : files.files()) {
            final Path path = directory.resolve(file.name());
            final byte[] good = Files.readAllBytes(path);
            for (int length = 0; length < good.length; length += 1 + length / 8) {
                Files.write(path, java.util.Arrays.copyOf(good, length));
                assertTrue(refusal(World.Check.HEADS).contains(file.name()));
            }
            Files.write(path, good);
            Files.write(path, new byte[8], StandardOpenOption.APPEND);
            assertTrue(refusal(World.Check.HEADS).contains("length"));
            Files.write(path, good);
        }
        open(World.Check.EVERY_BYTE).close();
    }

    @Test
    void shouldRefuseAMissingFile() throws IOException {
        Files.delete(directory.resolve("directory-2.tgw"));
        assertTrue(refusal(World.Check.HEADS).contains("directory-2.tgw is missing"));
    }

    @Test
    void shouldRefuseFilesOfTwoWritings(@TempDir final Path other) throws IOException {
        write(other, 78);
        for (final WorldFiles.WorldFile file : files.files()) {
            final Path path = directory.resolve(file.name());
            final byte[] good = Files.readAllBytes(path);
            Files.write(path, Files.readAllBytes(other.resolve(file.name())));
            assertTrue(refusal(World.Check.EVERY_BYTE).contains("build id"), file.name());
            Files.write(path, good);
        }
    }

    @Test
    void shouldRefuseFilesInEachOthersPlace() throws IOException {
        final Path keys = directory.resolve("directory-1.tgw");
        final Path paths = directory.resolve("directory-2.tgw");
        final byte[] good = Files.readAllBytes(keys);
        Files.write(keys, Files.readAllBytes(paths));
        Files.write(paths, good);
        assertTrue(refusal(World.Check.EVERY_BYTE).contains("number of this file"));
    }

    @Test
    void shouldRefuseAForeignFile() throws IOException {
        Files.writeString(directory.resolve("directory-0.tgw"), "no world ".repeat(100));
        assertTrue(refusal(World.Check.HEADS).contains("not a world file of this machine"));
    }

    @Test
    void shouldRefuseTablesThatTheRowsDoNotReferTo() {
        final RuleDef rule =
                new RuleDef("r", Effect.ALLOW, WhoDef.ANYBODY, new WhatDef(0), ConditionDef.ALWAYS, "", "");
        final WorldTables others = WorldFixture.tables(new PolicyDef("org:acme", List.of(rule)));
        final WorldFormatException refused = assertThrows(WorldFormatException.class, () -> World.open(
                        directory, others, WorldFixture.facts(1), World.Check.HEADS)
                .close());
        final String message = String.valueOf(refused.getMessage());
        assertTrue(message.contains("fingerprint"), message);
    }

    @Test
    void shouldUnmapItsFilesWhenClosed() throws IOException {
        final World world = open(World.Check.EVERY_BYTE);
        world.load();
        assertEquals(FILES, mappings(directory));
        world.close();
        world.close();
        assertEquals(0, mappings(directory));
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> new ScopeRow().wrap(world, world.globalRow()).levelCode());
    }

    /** {@return how many mappings of files below a directory this process has (Linux)} */
    static long mappings(final Path directory) throws IOException {
        final String real = directory.toRealPath().toString();
        try (var lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(line -> line.contains(real)).count();
        }
    }
}
