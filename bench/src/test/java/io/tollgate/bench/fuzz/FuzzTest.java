/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every fuzz target on its seeds, on what was found before (src/test/fuzz/NAME/), and on some random changes of both. */
class FuzzTest {
    private static final long BUDGET_NS = 3_000_000_000L;
    private static final int MOST_CHANGES = 300;

    static Stream<String> targets() {
        return FuzzTargets.BY_NAME.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("targets")
    void shouldRefuseOrAccept(final String name) throws Exception {
        final FuzzTarget target = FuzzTargets.BY_NAME.get(name).get();
        final List<byte[]> inputs = new ArrayList<>(target.seeds());
        inputs.addAll(finds(name));
        for (final byte[] input : inputs) {
            target.run(input);
        }
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final long endNs = System.nanoTime() + BUDGET_NS;
        for (int i = 0; i < MOST_CHANGES && System.nanoTime() < endNs; i++) {
            final byte[] input = changed(inputs.get(random.nextInt(inputs.size())), random);
            try {
                target.run(input);
            } catch (final Throwable find) {
                final Path kept = Files.write(Files.createTempFile(name, ".find"), input);
                throw new AssertionError(
                        name + " found something, seed " + seed + ", change " + i + "; the input is in " + kept
                                + ", copy it to bench/src/test/fuzz/" + name,
                        find);
            }
        }
    }

    private static List<byte[]> finds(final String name) throws IOException {
        final Path folder = Path.of(System.getProperty("tollgate.root"), "bench", "src", "test", "fuzz", name);
        final List<byte[]> finds = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.list(folder)) {
                for (final Path file : files.sorted().toList()) {
                    finds.add(Files.readAllBytes(file));
                }
            }
        }
        return finds;
    }

    private static byte[] changed(final byte[] input, final Random random) {
        byte[] result = input.clone();
        for (int i = 1 + random.nextInt(4); i > 0 && result.length > 0; i--) {
            final int at = random.nextInt(result.length);
            switch (random.nextInt(4)) {
                case 0 -> result[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> result[at] = (byte) random.nextInt();
                case 2 -> result = java.util.Arrays.copyOf(result, at);
                default ->
                    java.util.Arrays.fill(result, at, Math.min(result.length, at + random.nextInt(64)), (byte) 0);
            }
        }
        return result;
    }
}
