/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Plays one sequence on two, finds where they differ, and makes what differs small enough to read. */
final class Differential {
    /** One who answers calls, fresh at each sequence. */
    interface Player extends Function<ReferenceCall.Step, Object>, AutoCloseable {
        @Override
        default void close() {}
    }

    /** Where they differ first. */
    record Difference(ReferenceCall.Step step, Object expected, Object actual) {}

    private final Supplier<Player> model;
    private final Supplier<Player> other;

    Differential(final Supplier<Player> model, final Supplier<Player> other) {
        this.model = model;
        this.other = other;
    }

    /** {@return the first difference; null when there is none} */
    @Nullable
    Difference play(final List<ReferenceCall.Step> steps) {
        try (Player expects = model.get();
                Player answers = other.get()) {
            for (final ReferenceCall.Step step : steps) {
                final Object expected = expects.apply(step);
                final Object actual = answers.apply(step);
                if (!expected.equals(actual)) {
                    return new Difference(step, expected, actual);
                }
            }
            return null;
        }
    }

    /** {@return a short sequence that differs still: steps left out while that is so} */
    List<ReferenceCall.Step> shrink(final List<ReferenceCall.Step> failing) {
        List<ReferenceCall.Step> steps = new ArrayList<>(failing);
        for (int chunk = Math.max(1, steps.size() / 2); chunk >= 1; chunk /= 2) {
            for (int from = steps.size() - chunk; from >= 1; from -= chunk) { // the first activates the world
                final List<ReferenceCall.Step> fewer = new ArrayList<>(steps.subList(0, from));
                fewer.addAll(steps.subList(Math.min(steps.size(), from + chunk), steps.size()));
                if (fewer.size() < steps.size() && play(fewer) != null) {
                    steps = fewer;
                }
            }
        }
        return steps;
    }

    /** Throws, with a sequence to read, when they differ. */
    void check(final List<ReferenceCall.Step> steps) {
        final Difference found = play(steps);
        if (found == null) {
            return;
        }
        final List<ReferenceCall.Step> upToIt = steps.subList(0, steps.indexOf(found.step()) + 1);
        final List<ReferenceCall.Step> small = shrink(upToIt);
        final Difference difference = play(small);
        final StringBuilder text = new StringBuilder("model and engine differ; a short sequence:");
        small.forEach(step -> text.append("\n  ")
                .append(step.name())
                .append(" at ")
                .append(step.nowNs())
                .append(' ')
                .append(brief(step.call())));
        throw new AssertionError(text.append("\n  expected ")
                .append(difference == null ? "?" : difference.expected())
                .append("\n  but was  ")
                .append(difference == null ? "?" : difference.actual())
                .toString());
    }

    /** The assets of a world are long, and the seed draws them again. */
    private static Object brief(final ReferenceCall call) {
        return call instanceof ReferenceCall.Activate ? "Activate" : call;
    }
}
