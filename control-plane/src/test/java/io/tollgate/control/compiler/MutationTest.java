/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever the bytes of a bundle are, the compiler answers with findings or a bundle and never throws. */
class MutationTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-20T12:00:00Z"));
    private static final String[] TOKENS = {
        "{",
        "}",
        "[",
        "]",
        ":",
        ": ",
        "\n",
        "- ",
        "&a ",
        "*a",
        "!!int ",
        "|",
        ">",
        "'",
        "\"",
        "%",
        "@",
        "`",
        "#",
        "~",
        "null",
        "true",
        "-1",
        "0",
        "9223372036854775807",
        "9223372036854775808",
        "1e999",
        "unlimited",
        "usage in x",
        "2199-12-31",
        "0001-01-01",
        "billing_period",
        "org:acme",
        "org:",
        "/",
        "*",
        "\u0000",
        "\ufeff",
        "é",
        "\ud83d\ude00",
        "  ",
        "\t",
        "---\n",
        "...\n",
        "<<",
        "? ",
        "\r\n",
        "\u2028",
        "366d",
        "999999999d"
    };

    @TempDir
    Path dir;

    @Test
    void shouldNeverThrowForMutatedFiles() throws IOException {
        mutate(3_000, new SplittableRandom().nextLong());
    }

    @Test
    @Tag("long")
    void shouldNeverThrowForMutatedFilesLong() throws IOException {
        mutate(200_000, new SplittableRandom().nextLong());
    }

    private void mutate(int rounds, long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        TinyBundle bundle = new TinyBundle().append("limits/limits.yaml", OverrideFindings.OVERRIDE);
        bundle.write(dir);
        List<String> names = bundle.names();
        for (int round = 0; round < rounds; round++) {
            String name = names.get(random.nextInt(names.size()));
            byte[] original = bundle.content(name).getBytes(StandardCharsets.UTF_8);
            byte[] mutated = original;
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                mutated = mutate(mutated, random);
            }
            Files.write(dir.resolve(name), mutated);
            try {
                CompileResult result = BundleCompiler.compile(dir, CLOCK);
                assertTrue(result.bundle().isPresent() || result.errorCount() > 0);
            } catch (Throwable e) {
                throw new AssertionError(
                        "seed " + seed + ", round " + round + ", " + name + ":\n"
                                + new String(mutated, StandardCharsets.UTF_8),
                        e);
            }
            Files.write(dir.resolve(name), original);
        }
    }

    private static byte[] mutate(byte[] bytes, SplittableRandom random) {
        int at = bytes.length == 0 ? 0 : random.nextInt(bytes.length);
        int length = Math.min(bytes.length - at, 1 + random.nextInt(12));
        byte[] inserted =
                switch (random.nextInt(5)) {
                    case 0 -> new byte[] {(byte) random.nextInt(256)};
                    case 1 -> new byte[0];
                    case 2 -> TOKENS[random.nextInt(TOKENS.length)].getBytes(StandardCharsets.UTF_8);
                    case 3 -> slice(bytes, random);
                    default -> {
                        length = 0;
                        yield TOKENS[random.nextInt(TOKENS.length)].getBytes(StandardCharsets.UTF_8);
                    }
                };
        byte[] mutated = new byte[bytes.length - length + inserted.length];
        System.arraycopy(bytes, 0, mutated, 0, at);
        System.arraycopy(inserted, 0, mutated, at, inserted.length);
        System.arraycopy(bytes, at + length, mutated, at + inserted.length, bytes.length - at - length);
        return mutated;
    }

    /** Another part of the same file: names and values at wrong places. */
    private static byte[] slice(byte[] bytes, SplittableRandom random) {
        int from = bytes.length == 0 ? 0 : random.nextInt(bytes.length);
        return Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + random.nextInt(60)));
    }
}
