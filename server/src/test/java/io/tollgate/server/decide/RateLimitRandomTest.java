/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tollgate.envoy.ratelimit.v3.RateLimitDescriptor;
import io.tollgate.envoy.ratelimit.v3.RateLimitRequest;
import io.tollgate.envoy.ratelimit.v3.RateLimitResponse;
import io.tollgate.envoy.ratelimit.v3.RateLimitResponse.Code;
import io.tollgate.server.support.TestSnapshots;
import io.tollgate.server.support.TestWorld;
import io.tollgate.v1.DecideMode;
import io.tollgate.v1.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random descriptors against the real engine, and what they should come to by a plain reading of the rules. */
class RateLimitRandomTest {
    private static final int ROUNDS = 15;
    private static final int REQUESTS = 40;
    private static final String[] RULES = {"tokens", "kilo", "late", "shadow", "free", "unknown", "tokens", "tokens"};

    @TempDir
    Path directory;

    /** A descriptor in words. */
    private record Ask(String rule, String user, long hits, boolean back) {
        /** {@return tokens; at least one hit's where it only asks} */
        long tokens() {
            return Math.max(1, hits) * (rule.equals("kilo") ? 100 : 1);
        }

        boolean isRefused() {
            return rule.equals("unknown");
        }

        boolean takes() {
            return hits > 0 && !back && (rule.equals("tokens") || rule.equals("kilo"));
        }

        boolean asks() {
            return rule.equals("shadow") || hits == 0 && !rule.equals("free") && !rule.equals("unknown");
        }

        boolean allowed() {
            return user.equals("ann");
        }

        RateLimitDescriptor.Builder descriptor() {
            return Limits.hits(rule, user, hits).setIsNegativeHits(back);
        }
    }

    /** What is left of 1,000 tokens a month, by the book. */
    private static final class Plain {
        private long left = TestWorld.MONTHLY_TOKENS;
        private boolean over;

        List<Code> judge(final List<Ask> asks) {
            final Code[] codes = new Code[asks.size()];
            over = false;
            for (int i = 0; i < codes.length; i++) {
                final Ask ask = asks.get(i);
                codes[i] = ask.isRefused() || ask.asks() && !(ask.allowed() && ask.tokens() <= left)
                        ? Code.OVER_LIMIT
                        : Code.OK;
                if (ask.rule().equals("shadow")) {
                    codes[i] = Code.OK;
                }
                over |= codes[i] == Code.OVER_LIMIT;
            }
            late(asks, codes);
            take(asks, codes);
            giveBack(asks, codes);
            return List.of(codes);
        }

        private void late(final List<Ask> asks, final Code[] codes) {
            for (int i = 0; i < codes.length; i++) {
                final Ask ask = asks.get(i);
                if (ask.rule().equals("late") && ask.hits() > 0 && !ask.back()) {
                    final long taken = ask.allowed() ? Math.min(left, ask.hits()) : 0;
                    left -= taken;
                    mark(codes, i, taken < ask.hits());
                }
            }
        }

        private void take(final List<Ask> asks, final Code[] codes) {
            final boolean look = over;
            long sum = 0;
            boolean fits = true;
            for (int i = 0; i < codes.length; i++) {
                final Ask ask = asks.get(i);
                if (ask.takes()) {
                    final boolean room = ask.allowed() && ask.tokens() <= left - sum;
                    // one that is looked at alone adds nothing up, and neither does one that has no room
                    sum += room ? ask.tokens() : 0;
                    fits &= room;
                    mark(codes, i, !room);
                }
            }
            left -= !look && fits ? sum : 0;
        }

        private void giveBack(final List<Ask> asks, final Code[] codes) {
            for (int i = 0; i < codes.length; i++) {
                final Ask ask = asks.get(i);
                if (ask.back()
                        && ask.hits() > 0
                        && !over
                        && List.of("tokens", "kilo", "late").contains(ask.rule())) {
                    // of what a metered feature pays for nothing comes back, and TestWorld's invoke has no such feature
                    left = ask.allowed() ? Math.min(TestWorld.MONTHLY_TOKENS, left + ask.tokens()) : left;
                    mark(codes, i, !ask.allowed());
                }
            }
        }

        private void mark(final Code[] codes, final int index, final boolean isOver) {
            codes[index] = isOver ? Code.OVER_LIMIT : Code.OK;
            over |= isOver;
        }
    }

    @Test
    void shouldAnswerAsAPlainReadingDoes() throws IOException {
        final long seed = System.nanoTime();
        for (int round = 0; round < ROUNDS; round++) {
            final Path folder = Files.createDirectory(directory.resolve("round-" + round));
            try (TestSnapshots snapshots = new TestSnapshots(folder, 1)) {
                snapshots.activate(1);
                try (EdgeHarness edge = new EdgeHarness(
                        builder -> builder.set("envoy.mapping", Limits.mapping(directory))
                                .set("shed.max_loop_lag_ms", "60000"),
                        () -> new EngineEvaluator(snapshots.engine.newWorker(), "edge-1"))) {
                    play(edge, new Random(seed + round), "seed " + seed + ", round " + round);
                }
            }
        }
    }

    private static void play(final EdgeHarness edge, final Random random, final String where) {
        final Limits limits = new Limits(edge);
        final var stub = edge.stub();
        final Plain plain = new Plain();
        for (int i = 0; i < REQUESTS; i++) {
            final List<Ask> asks = new ArrayList<>();
            final RateLimitRequest.Builder request =
                    RateLimitRequest.newBuilder().setDomain("edge");
            for (int n = 1 + random.nextInt(4); n > 0; n--) {
                final Ask ask = ask(random);
                asks.add(ask);
                request.addDescriptors(ask.descriptor());
            }
            final String what = where + ", request " + i + ": " + asks + " with " + plain.left + " left";
            final RateLimitResponse response = limits.ask(request.build());
            assertEquals(plain.judge(asks), Limits.codes(response), what);
            assertEquals(plain.over ? Code.OVER_LIMIT : Code.OK, response.getOverallCode(), what);
            assertEquals(
                    plain.left,
                    stub.decide(EngineAnswersTest.question(
                                            "ann",
                                            Usage.newBuilder()
                                                    .setAmount(1)
                                                    .setUnit("token")
                                                    .build())
                                    .setMode(DecideMode.DECIDE_MODE_CHECK)
                                    .build())
                            .getBindingCeiling()
                            .getRemaining(),
                    what);
        }
    }

    private static Ask ask(final Random random) {
        final String rule = RULES[random.nextInt(RULES.length)];
        final long hits = random.nextInt(5) == 0 ? 0 : 1 + random.nextInt(rule.equals("kilo") ? 4 : 250);
        return new Ask(rule, random.nextInt(12) == 0 ? "eve" : "ann", hits, random.nextInt(4) == 0);
    }
}
