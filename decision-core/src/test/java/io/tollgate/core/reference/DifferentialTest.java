/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.Reason;
import io.tollgate.core.engine.Beyond;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Engine against reference model: the same random questions about the same random worlds; every field of every answer must agree. */
class DifferentialTest {
    private static final int WORLDS = 30;
    private static final Set<String> ORIGINS = Set.of("limits", "override", "entitlement");
    private static final Set<Reason> WANTED = EnumSet.of(
            Reason.OK,
            Reason.INVALID_REQUEST,
            Reason.UNKNOWN_ACTION,
            Reason.UNKNOWN_UNIT,
            Reason.UNKNOWN_SCOPE,
            Reason.UNKNOWN_ACTOR,
            Reason.ACTOR_DISABLED,
            Reason.REGISTRY_TOO_OLD,
            Reason.REGISTRY_TOO_NEW,
            Reason.SNAPSHOT_STALE,
            Reason.POLICY_DENY,
            Reason.POLICY_ERROR,
            Reason.POLICY_NO_GRANT,
            Reason.POLICY_RESTRICTED,
            Reason.POLICY_WARN,
            Reason.SUBSCRIPTION_INACTIVE,
            Reason.ENTITLEMENT_MISSING,
            Reason.ENTITLEMENT_DISABLED,
            Reason.RATE_LIMITED,
            Reason.QUOTA_EXHAUSTED,
            Reason.CONCURRENCY_EXHAUSTED,
            Reason.OVER_SOFT_LIMIT,
            Reason.CREDIT_EXHAUSTED,
            Reason.WALLET_FROZEN,
            Reason.PRICE_UNKNOWN,
            Reason.CREDIT_LOW,
            Reason.CAPACITY_UNAVAILABLE,
            Reason.BATCH_DENIED,
            Reason.IDEMPOTENCY_MISMATCH);
    /** What the engine can do. */
    private static final RandomRegistry.Features FEATURES = RandomRegistry.Features.ALL;

    private final Set<String> bindingOrigins = new HashSet<>();
    private final Set<Reason> seen = EnumSet.noneOf(Reason.class);
    private int allowed;
    private final Map<Reason, Integer> reasons = new EnumMap<>(Reason.class);
    private final Map<ReferenceReservations.Ending, Integer> endings =
            new EnumMap<>(ReferenceReservations.Ending.class);
    private final Map<Beyond, Integer> replays = new EnumMap<>(Beyond.class);
    private int decisions;

    @TempDir
    Path directory;

    @Test
    void shouldAgreeOnEveryFieldOfEveryAnswer() {
        final long firstSeed = Long.getLong("tollgate.seed", System.nanoTime());
        run(WORLDS, 500, firstSeed);
        // which reasons a world can give is chance: more of them, rather than a test that fails by it
        for (int world = WORLDS; world < 5 * WORLDS && !metEverything(); world += 10) {
            run(10, 500, firstSeed + world);
        }
        final Set<Reason> missed = EnumSet.copyOf(WANTED);
        missed.removeAll(seen);
        assertTrue(missed.isEmpty(), () -> "the random cases never met " + missed);
        assertEquals(ORIGINS, bindingOrigins, "overrides bound, and ended");
        final int replayed = replays.getOrDefault(Beyond.NOTHING, 0);
        assertTrue(replayed > decisions / 2, () -> "too few were replayed: " + replays + " of " + decisions);
        assertEquals(
                EnumSet.of(
                        Beyond.NOTHING, Beyond.FIRST_ANSWER, Beyond.IDEMPOTENCY_KEY, Beyond.RESERVATION, Beyond.REFUND),
                replays.keySet());
    }

    private boolean metEverything() {
        return seen.containsAll(WANTED) && bindingOrigins.equals(ORIGINS);
    }

    @Test
    @Tag("long")
    void shouldAgreeOnAMillionDecisions() {
        run(2_500, 500, Long.getLong("tollgate.seed", System.nanoTime()));
    }

    private void run(final int worlds, final int length, final long firstSeed) {
        for (int i = 0; i < worlds; i++) {
            final long seed = firstSeed + i;
            final Path files = directory.resolve("w" + i);
            try {
                final RandomWorld world = new RandomWorld(seed, FEATURES);
                final List<ReferenceCall.Step> steps =
                        new RandomCalls(world, FEATURES, RandomWorld.scrambled(~seed)).next(length);
                final int[] players = {0};
                new Differential(
                                () -> model(world),
                                () -> engine(world, files.resolve("" + players[0]++), seed % 4 == 0, seed % 2 == 0))
                        .check(steps);
                delete(files);
            } catch (final AssertionError | RuntimeException ex) {
                throw new AssertionError("seed " + seed + " (run again with -Dtollgate.seed=" + seed + ")", ex);
            }
        }
        System.getLogger("tollgate.test")
                .log(
                        System.Logger.Level.INFO,
                        decisions + " decisions, " + allowed + " of them allowed, of " + worlds + " worlds from seed "
                                + firstSeed + ": " + reasons + ", " + endings + ", replayed: " + replays);
    }

    /** Thousands of worlds fill a disk. */
    private static void delete(final Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (final Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private Differential.Player model(final RandomWorld world) {
        final ReferencePlayer player = new ReferencePlayer(world, ReferenceAssets.NONE, new ReferenceRules());
        return step -> {
            final Object answer = player.play(step);
            count(answer);
            return answer;
        };
    }

    private void count(final Object answer) {
        if (answer instanceof ReferenceAnswer one) {
            seen.add(one.reason());
            if (one.binding() != null) {
                bindingOrigins.add(one.binding().origin());
            }
            reasons.merge(one.reason(), 1, Integer::sum);
            decisions++;
            allowed += one.allowed() ? 1 : 0;
        } else if (answer instanceof ReferenceReservations.Ending end) {
            endings.merge(end, 1, Integer::sum);
        } else if (answer instanceof List<?> several) {
            several.forEach(this::count);
        }
    }

    private Differential.Player engine(
            final RandomWorld world, final Path files, final boolean onDisk, final boolean patches) {
        final EnginePlayer player = new EnginePlayer(world, files, onDisk, patches);
        return new Differential.Player() {
            @Override
            public Object apply(final ReferenceCall.Step step) {
                return player.play(step);
            }

            @Override
            public void close() {
                player.probe().counts().forEach((beyond, count) -> replays.merge(beyond, count, Integer::sum));
                player.close();
            }
        };
    }
}
