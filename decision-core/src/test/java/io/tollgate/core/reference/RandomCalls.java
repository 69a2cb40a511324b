/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.DecideMode;
import io.tollgate.core.Plane;
import io.tollgate.core.Reason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Sequences of calls about a {@link RandomWorld}, while time goes on. */
final class RandomCalls {
    private static final long NS_PER_MS = 1_000_000L;
    private static final long HOUR_NS = 3_600_000_000_000L;
    /** More than this is never settled: the model does not saturate. */
    private static final long LARGE = 10_000_000L;

    private final RandomWorld world;
    private final RandomRegistry.Features features;
    private final Random random;
    private final RandomRequests requests;
    /** What is reserved, the newest last. */
    private final List<String> open = new ArrayList<>();

    /** What was reserved and has ended or is overdue. */
    private final List<String> ended = new ArrayList<>();

    private final Map<String, ReferenceRequest> reservedBy = new HashMap<>();
    /** What was allowed, the newest last. */
    private final List<ReferenceRequest> taken = new ArrayList<>();

    private final List<ReferenceCall> keyed = new ArrayList<>();
    private long nowNs;
    /** A period may have ended while something is reserved in it. */
    private boolean overTheHour;

    /** Calls that belong together and come next. */
    private final ArrayDeque<ReferenceCall> script = new ArrayDeque<>();

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
            final long hour = Math.floorDiv(nowNs, HOUR_NS);
            nowNs += i == 0 ? 0 : step();
            overTheHour |= hour != Math.floorDiv(nowNs, HOUR_NS) && !open.isEmpty();
            final String name = "r" + i;
            final ReferenceCall call =
                    i == 0 ? new ReferenceCall.Activate(world.scopes, world.assets(nowMs())) : decidable(call(), model);
            steps.add(new ReferenceCall.Step(name, nowNs, ages(), call));
            remember(call, model.play(steps.get(i)));
        }
        return steps;
    }

    /** What is forgotten has no organization, so that nobody knows whose key it is: not asked. */
    private ReferenceCall decidable(final ReferenceCall call, final ReferencePlayer model) {
        model.advance(nowNs);
        final boolean lost = call instanceof ReferenceCall.Extend extend
                && !extend.options().idempotencyKey().isEmpty()
                && !model.knows(extend.reservation());
        return lost ? new ReferenceCall.Decide(requests.next()) : call;
    }

    private ReferenceCall call() {
        if (overTheHour && !open.isEmpty()) {
            overTheHour = false;
            final String name = open.get(random.nextInt(open.size()));
            final ReferenceRequest reserved = reservedBy.get(name);
            if (reserved != null) {
                // something is used of a period that has begun when what was reserved in the last one ends
                final ReferenceRequest again = reserved.with(ReferenceRequest.Options.NONE);
                script.add(new ReferenceCall.Decide(again));
                script.add(new ReferenceCall.Release(name));
                script.add(new ReferenceCall.Decide(again.in(DecideMode.CHECK)));
            }
        }
        final ReferenceCall next = script.poll();
        if (next != null) {
            return next;
        }
        final boolean changes = features.credit() || features.capacity();
        final int dice = random.nextInt(100);
        if (dice < 2 && changes) {
            return new ReferenceCall.Activate(world.changedScopes(), world.assets(nowMs()));
        } else if (dice < 10) {
            return refund();
        } else if (dice < 60 || !features.reservations()) {
            return new ReferenceCall.Decide(requests.next());
        } else if (dice < 66 && features.batches()) {
            return batch();
        } else if (dice < 70 && !keyed.isEmpty()) {
            return keyed.get(keyed.size() - 1 - random.nextInt(Math.min(8, keyed.size())));
        } else if (dice < 72) {
            return new ReferenceCall.Restart();
        } else if (open.isEmpty() && random.nextInt(12) > 0) {
            return new ReferenceCall.Decide(requests.next());
        } else if (dice < 80) {
            final String name = reservation();
            return new ReferenceCall.Extend(name, used(name), requests.options(random.nextInt(5) == 0));
        } else if (dice < 92) {
            final String name = reservation();
            final List<ReferenceRequest.Usage> actual = used(name).stream()
                    .map(usage -> new ReferenceRequest.Usage(
                            usage.amount() > LARGE ? usage.amount() % LARGE : usage.amount(), usage.unit()))
                    .toList();
            return new ReferenceCall.Settle(name, actual);
        }
        return new ReferenceCall.Release(reservation());
    }

    /** Mostly of what was taken not long ago. */
    private ReferenceCall refund() {
        if (taken.isEmpty() || random.nextInt(4) == 0) {
            return new ReferenceCall.Refund(requests.next());
        }
        final ReferenceRequest one = taken.get(taken.size() - 1 - random.nextInt(Math.min(6, taken.size())));
        return new ReferenceCall.Refund(one.with(ReferenceRequest.Options.NONE));
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

    /** Mostly one that is open; of those mostly one of the newest. */
    private String reservation() {
        final boolean other = !ended.isEmpty() && random.nextInt(5) == 0;
        final List<String> from = other || open.isEmpty() ? ended : open;
        final int newest = random.nextInt(4) == 0 ? from.size() : Math.min(4, from.size());
        return from.isEmpty() || random.nextInt(60) == 0
                ? "nobody"
                : from.get(from.size() - 1 - random.nextInt(newest));
    }

    /** Learns from the plain model what there is to extend, settle and release. */
    private void remember(final ReferenceCall call, final Object answer) {
        if (call instanceof ReferenceCall.Decide decide && answer instanceof ReferenceAnswer one && one.allowed()) {
            taken.add(decide.request());
        }
        if (call instanceof ReferenceCall.Decide decide
                && !decide.request().options().idempotencyKey().isEmpty()) {
            keyed.add(call);
        } else if (call instanceof ReferenceCall.Extend extend) {
            if (!extend.options().idempotencyKey().isEmpty()) {
                keyed.add(call);
            }
            if (answer.equals(ReferenceAnswer.deny(Reason.INVALID_REQUEST))) {
                end(extend.reservation());
            }
        } else if (call instanceof ReferenceCall.Settle settle && answer != ReferenceReservations.Ending.INVALID) {
            end(settle.reservation());
        } else if (call instanceof ReferenceCall.Release release) {
            end(release.reservation());
        }
        if (answer == ReferenceReservations.Ending.UNKNOWN && !ended.isEmpty()) {
            ended.remove(ended.size() - 1);
        }
        if (answer instanceof ReferenceAnswer one) {
            reserve(one, call);
        } else if (answer instanceof List<?> several && call instanceof ReferenceCall.Batch batch) {
            for (int i = 0; i < several.size(); i++) {
                reserve(
                        (ReferenceAnswer) several.get(i),
                        new ReferenceCall.Decide(batch.requests().get(i)));
            }
        }
    }

    private void end(final String name) {
        if (open.remove(name)) {
            ended.add(name);
        }
    }

    private void reserve(final ReferenceAnswer answer, final ReferenceCall call) {
        final ReferenceAnswer.Reservation made = answer.reservation();
        if (made != null && !ended.contains(made.id()) && !open.contains(made.id())) {
            open.add(made.id());
            if (call instanceof ReferenceCall.Decide decide) {
                reservedBy.put(made.id(), decide.request());
            }
        }
    }

    /** Usages in units of what was reserved; now and then in others. */
    private List<ReferenceRequest.Usage> used(final String name) {
        final ReferenceRequest request = reservedBy.get(name);
        return request == null || random.nextInt(15) == 0 ? requests.actual() : requests.usagesLike(request);
    }

    private long nowMs() {
        return Math.floorDiv(nowNs, NS_PER_MS);
    }

    private long step() {
        if (random.nextInt(8) == 0) {
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
                random.nextInt(100) == 0 ? random.nextInt(40) * 86_400_000_000_000L : random.nextInt(5) * NS_PER_MS;
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
