/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Proves that the judge catches mistakes. Each mutant is the model with one mistake, of the kind that an engine could make; the random
 * sequences of {@link DifferentialTest} are played on it and on the plain model as they are on the engine and the model, and compared in
 * the same way. Every mutant must answer differently within {@link #WORLDS} sequences; two plain models must never differ. So a
 * sequence generator that no longer meets a boundary, or a comparison that no longer looks at a field, fails here.
 */
class MutantsTest {
    private static final int WORLDS = 120;
    private static final int LENGTH = 250;
    private static final RandomRegistry.Features FEATURES = RandomRegistry.Features.ALL;

    @ParameterizedTest(name = "{0}")
    @MethodSource("mutants")
    void shouldCatch(final String mistake) {
        final ReferenceRules mutant = Mutants.all().get(mistake);
        assertNotNull(mutant);
        int calls = 0;
        for (int seed = 0; seed < WORLDS; seed++) {
            final Differential.Difference found = difference(seed, mutant);
            if (found != null) {
                calls += Integer.parseInt(found.step().name().substring(1));
                System.out.println(mistake + ": caught after " + calls + " calls");
                return;
            }
            calls += LENGTH;
        }
        throw new AssertionError("not caught within " + calls + " calls: " + mistake);
    }

    static Stream<String> mutants() {
        return Mutants.all().keySet().stream();
    }

    @Test
    void shouldAgreeWithItself() {
        for (int seed = 0; seed < 30; seed++) {
            assertNull(difference(seed, new ReferenceRules()), "seed " + seed);
        }
    }

    @Test
    void shouldShrinkWhatDiffersToSomethingReadable() {
        final ReferenceRules mutant = Objects.requireNonNull(Mutants.all().get("a gauge keeps what was used"));
        for (int seed = 0; seed < WORLDS; seed++) {
            final RandomWorld world = new RandomWorld(seed, FEATURES);
            final List<ReferenceCall.Step> steps =
                    new RandomCalls(world, FEATURES, RandomWorld.scrambled(~seed)).next(LENGTH);
            final Differential pair =
                    new Differential(() -> player(world, new ReferenceRules()), () -> player(world, mutant));
            if (pair.play(steps) != null) {
                final List<ReferenceCall.Step> small = pair.shrink(steps);
                assertNotNull(pair.play(small));
                // the world, a RESERVE, its end, and a question that shows what is still held; now and then one more
                assertTrue(small.size() <= 6, () -> small.size() + " steps: " + small);
                return;
            }
        }
        throw new AssertionError("never differed");
    }

    private static Differential.@org.jspecify.annotations.Nullable Difference difference(
            final long seed, final ReferenceRules mutant) {
        final RandomWorld world = new RandomWorld(seed, FEATURES);
        final List<ReferenceCall.Step> steps =
                new RandomCalls(world, FEATURES, RandomWorld.scrambled(~seed)).next(LENGTH);
        return new Differential(() -> player(world, new ReferenceRules()), () -> player(world, mutant)).play(steps);
    }

    private static Differential.Player player(final RandomWorld world, final ReferenceRules rules) {
        final ReferencePlayer player = new ReferencePlayer(world, ReferenceAssets.NONE, rules);
        return player::play;
    }
}
