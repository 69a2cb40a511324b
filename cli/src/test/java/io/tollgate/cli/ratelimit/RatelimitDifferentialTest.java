/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.ratelimit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.cli.lab.Lab;
import io.tollgate.cli.lab.LabSnapshot;
import io.tollgate.cli.ratelimit.Finding.Level;
import io.tollgate.cli.ratelimit.Migration.Source;
import io.tollgate.cli.ratelimit.ReferenceServer.Entry;
import io.tollgate.cli.ratelimit.ReferenceServer.Line;
import io.tollgate.control.compiler.BundleCompiler;
import io.tollgate.control.compiler.CompileResult;
import io.tollgate.envoy.ratelimit.v3.RateLimitDescriptor;
import io.tollgate.server.envoy.mapping.LimitQuestion;
import io.tollgate.server.envoy.mapping.MappingReader;
import io.tollgate.server.envoy.mapping.RateLimits;
import io.tollgate.v1.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random configurations and random descriptors: within one window the converted bundle, behind the converted mapping, says OK and
 * OVER_LIMIT just where the reference server does. The sidecar's mapping, compiler and engine are the real ones; the clock stands still.
 */
class RatelimitDifferentialTest {
    private static final String VALUES = "a: [x, xy, xyz, y, z]\nb: [x, xy, xyz, y, z]\n";
    private static final int REQUESTS = 150;

    @TempDir
    Path directory;

    @Test
    void shouldAnswerAsTheReferenceServerWithinOneWindow() throws Exception {
        run(System.nanoTime(), 25);
    }

    @Test
    @Tag("long")
    void shouldAnswerAsTheReferenceServerForManyConfigurations() throws Exception {
        run(System.nanoTime(), 1_000);
    }

    private void run(final long seed, final int configurations) throws Exception {
        int compared = 0;
        int over = 0;
        for (int i = 0; i < configurations; i++) {
            final Random random = new Random(seed + i);
            final int refused = compare(random, "seed " + (seed + i));
            compared += refused < 0 ? 0 : 1;
            over += Math.max(0, refused);
        }
        assertTrue(compared > configurations / 2, "most configurations can be moved, seed " + seed);
        assertTrue(over > configurations, "limits are reached, seed " + seed);
    }

    /** {@return how many were over the limit; -1 when the configuration cannot be moved} */
    private int compare(final Random random, final String seed) throws Exception {
        final RandomConfig config = new RandomConfig(random, false);
        final List<Line> lines = config.lines();
        final String yaml = RandomConfig.yaml(lines);
        final String words = seed + "\n" + yaml;
        final Choices choices = random.nextBoolean()
                ? new Choices("edge", "a", "", Map.of("b", "user"), 1, false, false)
                : new Choices("edge", "a", "b", Map.of(), 1, false, false);
        final Migration migration =
                Migration.of(List.of(new Source("d.yaml", yaml)), new Source("values.yaml", VALUES), choices);
        assertTrue(
                migration.findings().stream().noneMatch(each -> each.level() == Level.ERROR),
                () -> words + migration.findings());
        if (!migration.writable()) {
            return -1;
        }
        final RateLimits limits =
                MappingReader.read(migration.mapping(), "mapping.yaml").rateLimits();
        final ReferenceServer reference = new ReferenceServer(lines);
        int over = 0;
        try (Lab lab = lab(migration, seed)) {
            for (int i = 0; i < REQUESTS; i++) {
                final List<Entry> descriptor = config.descriptor();
                final boolean expected = reference.ok(descriptor);
                over += expected ? 0 : 1;
                assertEquals(
                        expected, ok(lab, limits, descriptor), () -> words + descriptor + "\n" + migration.mapping());
            }
        }
        return over;
    }

    private Lab lab(final Migration migration, final String seed) throws IOException {
        final Path folder = Files.createTempDirectory(directory, "bundle");
        for (final Map.Entry<String, String> file : migration.bundle("edge").entrySet()) {
            final Path path = folder.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.getValue());
        }
        final CompileResult result = BundleCompiler.compile(folder);
        assertEquals(0, result.errorCount(), () -> seed + result.diagnostics());
        final Path scratch = Files.createTempDirectory(directory, "lab");
        return Lab.open(
                LabSnapshot.of(result.bundle().orElseThrow(), scratch),
                scratch.resolve("state"),
                Instant.parse("2026-11-20T12:00:00Z"));
    }

    private static boolean ok(final Lab lab, final RateLimits limits, final List<Entry> entries) {
        final RateLimitDescriptor.Builder descriptor = RateLimitDescriptor.newBuilder();
        entries.forEach(
                each -> descriptor.addEntriesBuilder().setKey(each.key()).setValue(each.value()));
        final LimitQuestion question = limits.question("d", 0, descriptor.build());
        return switch (question.kind()) {
            case UNLIMITED, PASSES -> true;
            case TAKE -> {
                assertNotNull(question.question());
                final Outcome outcome =
                        lab.decide(Objects.requireNonNull(question.question())).getOutcome();
                yield outcome == Outcome.OUTCOME_ALLOW || outcome == Outcome.OUTCOME_WARN;
            }
            default -> throw new AssertionError(question + " of " + entries);
        };
    }
}
