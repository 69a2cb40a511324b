/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.Plane;
import io.tollgate.core.Reason;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Sequences of calls about a {@link RandomWorld}, while time goes on. */
final class RandomCalls {
    private static final long NS_PER_MS = 1_000_000L;

    private final RandomWorld world;
    private final RandomRegistry.Features features;
    private final Random random;
    private final RandomRequests requests;
    /** What is reserved, the newest last, and here and there something that has ended. */
    private final List<String> reserved = new ArrayList<>();

    private final List<ReferenceCall> keyed = new ArrayList<>();
    private long nowNs;

    RandomCalls(final RandomWorld world, final RandomRegistry.Features features, final Random random) {
        this.world = world;
        this.features = features;
        this.random = random;
        requests = new RandomRequests(world, features, random);
        nowNs = RandomWorld.T0_MS * NS_PER_MS + random.nextInt();
    }

    /** {@return a sequence; its first step activates the first assets} */
    List<ReferenceCall.Step> next(final int length) {
        final List<ReferenceCall.Step> steps = new ArrayList<>();
        final ReferencePlayer model = new ReferencePlayer(world, ReferenceAssets.NONE, new ReferenceRules());
        for (int i = 0; i < length; i++) {
            nowNs += i == 0 ? 0 : step();
            final String name = "r" + i;
            final ReferenceCall call = i == 0 ? new ReferenceCall.Activate(world.assets(nowMs())) : call();
            steps.add(new ReferenceCall.Step(name, nowNs, ages(), call));
            remember(call, model.play(steps.get(i)));
        }
        return steps;
    }

    private ReferenceCall call() {
        final boolean changes = features.credit() || features.capacity();
        final int dice = random.nextInt(100);
        if (dice < 2 && changes) {
            return new ReferenceCall.Activate(world.assets(nowMs()));
        } else if (dice < 60 || !features.reservations()) {
            return new ReferenceCall.Decide(requests.next());
        } else if (dice < 66 && features.batches()) {
            return batch();
        } else if (dice < 70 && !keyed.isEmpty()) {
            return keyed.get(keyed.size() - 1 - random.nextInt(Math.min(8, keyed.size())));
        } else if (dice < 72) {
            return new ReferenceCall.Restart();
        } else if (reserved.isEmpty() && random.nextInt(4) > 0) {
            return new ReferenceCall.Decide(requests.next());
        } else if (dice < 80) {
            final ReferenceRequest added = requests.next();
            return new ReferenceCall.Extend(reservation(), added.usages(), requests.options(random.nextInt(5) == 0));
        } else if (dice < 92) {
            return new ReferenceCall.Settle(reservation(), requests.actual());
        }
        return new ReferenceCall.Release(reservation());
    }

    private ReferenceCall batch() {
        final List<ReferenceRequest> several = new ArrayList<>();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            several.add(several.isEmpty() || random.nextInt(3) > 0 ? requests.plain() : several.get(0));
        }
        final ReferenceBatch.Mode mode =
                random.nextBoolean() ? ReferenceBatch.Mode.ATOMIC : ReferenceBatch.Mode.CUMULATIVE;
        return new ReferenceCall.Batch(mode, several);
    }

    private String reservation() {
        final int from = random.nextInt(4) == 0 ? 0 : Math.max(0, reserved.size() - 4);
        return reserved.isEmpty() || random.nextInt(60) == 0
                ? "nobody"
                : reserved.get(from + random.nextInt(reserved.size() - from));
    }

    /** Learns from the plain model what there is to extend, settle and release. */
    private void remember(final ReferenceCall call, final Object answer) {
        if (call instanceof ReferenceCall.Decide decide
                && !decide.request().options().idempotencyKey().isEmpty()) {
            keyed.add(call);
        } else if (call instanceof ReferenceCall.Extend extend) {
            if (!extend.options().idempotencyKey().isEmpty()) {
                keyed.add(call);
            }
            if (answer.equals(ReferenceAnswer.deny(Reason.INVALID_REQUEST)) && random.nextInt(3) > 0) {
                reserved.remove(extend.reservation());
            }
        } else if (call instanceof ReferenceCall.Settle settle && gone(answer)) {
            reserved.remove(settle.reservation());
        } else if (call instanceof ReferenceCall.Release release && gone(answer)) {
            reserved.remove(release.reservation());
        }
        if (answer instanceof ReferenceAnswer one) {
            reserve(one);
        } else if (answer instanceof List<?> several) {
            several.forEach(each -> reserve((ReferenceAnswer) each));
        }
    }

    /** What has ended is seldom asked for again, what is forgotten never. */
    private boolean gone(final Object answer) {
        return answer == ReferenceReservations.Ending.UNKNOWN || random.nextInt(3) > 0;
    }

    private void reserve(final ReferenceAnswer answer) {
        final ReferenceAnswer.Reservation made = answer.reservation();
        if (made != null && !reserved.contains(made.id())) {
            reserved.add(made.id());
        }
    }

    private long nowMs() {
        return Math.floorDiv(nowNs, NS_PER_MS);
    }

    private long step() {
        if (random.nextInt(12) == 0) {
            // a nanosecond around the end of an override
            final Long endMs = world.overrideEndsMs().higher(nowMs());
            return endMs == null ? 0 : Math.max(0, endMs * NS_PER_MS - nowNs + random.nextInt(3) - 1);
        }
        return switch (random.nextInt(8)) {
            case 0 -> 0;
            case 1 -> 1 + random.nextInt(1_000);
            case 2 -> random.nextInt(1_000_000_000);
            case 3 -> random.nextInt(60) * 1_000_000_000L;
            case 4 -> random.nextInt(3_600) * 1_000_000_000L;
            // to a round second, where things expire and periods end
            case 5 -> 1_000_000_000L - Math.floorMod(nowNs, 1_000_000_000L) - random.nextInt(2);
            case 6 ->
                random.nextInt(3) > 0
                        ? random.nextInt(3_600) * NS_PER_MS
                        : 3_600_000_000_000L - Math.floorMod(nowNs, 3_600_000_000_000L) - random.nextInt(2);
            default ->
                random.nextInt(30) == 0 ? random.nextInt(40) * 86_400_000_000_000L : random.nextInt(5) * NS_PER_MS;
        };
    }

    private Map<Plane, Long> ages() {
        final Map<Plane, Long> ages = new EnumMap<>(Plane.class);
        for (final Plane plane : Plane.values()) {
            if (random.nextInt(world.friendly ? 2_000 : 200) > 0) {
                ages.put(
                        plane,
                        random.nextInt(world.friendly ? 300 : 30) == 0
                                ? (long) random.nextInt(90_000)
                                : random.nextInt(4_000));
            }
        }
        return ages;
    }
}
