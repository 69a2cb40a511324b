/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.BatchMode;
import io.tollgate.core.DecideMode;
import io.tollgate.core.Outcome;
import io.tollgate.core.engine.Decision;
import io.tollgate.core.engine.DecisionBatch;
import io.tollgate.core.engine.DecisionEngine;
import io.tollgate.core.engine.DecisionWorker;
import io.tollgate.core.engine.EngineFixture;
import io.tollgate.core.engine.EngineSnapshot;
import io.tollgate.core.explain.Explanation;
import io.tollgate.core.quota.InFlight;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.reservation.EndOutcome;
import io.tollgate.core.reservation.EndResult;
import io.tollgate.core.reservation.ReservationIds;
import io.tollgate.core.reservation.ReservationStore;
import io.tollgate.core.reservation.ReservationSweeper;
import io.tollgate.core.world.NotPatchableException;
import io.tollgate.core.world.World;
import io.tollgate.core.world.WorldDump;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Plays a sequence on the engine. */
final class EnginePlayer implements AutoCloseable {
    private static final long NS_PER_MS = 1_000_000L;
    private static final int SEGMENTS = 1;
    private static final String NOBODY = "0123456789abcdef0123456789abcdef";

    private final RandomWorld world;
    private final EngineFixture fixture;
    private final Path reservations;
    private final boolean onDisk;
    private ReservationStore store;
    private DecisionWorker worker;
    private ReservationSweeper sweeper;
    private final DecisionRequest request = new DecisionRequest();
    private final Decision decision = new Decision();
    private final Explanation explanation = new Explanation();
    private final EngineAnswers answers = new EngineAnswers();
    private final EndResult ended = new EndResult();
    private final Map<String, String> ids = new HashMap<>();
    private final Map<String, String> names = new HashMap<>();
    private final ReplayProbe probe = new ReplayProbe();
    private final boolean patches;
    private int explainEvery = 7;
    private int patched;
    private int turn;

    /** As the other, and worlds are written anew. */
    EnginePlayer(final RandomWorld world, final Path directory, final boolean onDisk) {
        this(world, directory, onDisk, false);
    }

    /**
     * Makes one that knows nothing yet.
     *
     * @param onDisk  reservations lie in a file, and a restart closes and opens it; else there is nothing to restart
     * @param patches worlds are patched where they can be; else they are written anew
     */
    EnginePlayer(final RandomWorld world, final Path directory, final boolean onDisk, final boolean patches) {
        this.world = world;
        this.patches = patches;
        this.onDisk = onDisk;
        reservations = directory.resolve("reservations");
        fixture = new EngineFixture(directory, 1);
        store = open();
        final DecisionEngine engine = engine();
        worker = engine.newWorker();
        sweeper = engine.newSweeper(1);
    }

    /** Explains every question that can be. */
    EnginePlayer explaining() {
        explainEvery = 1;
        return this;
    }

    private ReservationStore open() {
        try {
            return onDisk
                    ? ReservationStore.open(reservations, new byte[16], 1, 1, SEGMENTS)
                    : ReservationStore.inMemory(SEGMENTS, 1);
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private DecisionEngine engine() {
        return new DecisionEngine(
                fixture.worlds, fixture.cells, new InFlight(2), fixture.freshness, fixture.clock, store);
    }

    /** The process dies and comes back; its files stay. */
    private void restart() {
        try {
            store.close();
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
        store = open();
        final DecisionEngine engine = engine();
        worker = engine.newWorker();
        sweeper = engine.newSweeper(1);
    }

    /** {@return as {@link ReferencePlayer#play}} */
    Object play(final ReferenceCall.Step step) {
        return play(step, step.call() instanceof ReferenceCall.Activate activate ? snapshot(activate) : null);
    }

    /** {@return the records of a snapshot of the model's} */
    EngineSnapshot snapshot(final ReferenceCall.Activate activate) {
        return new EngineSnapshot(
                world.registry,
                world.policies.policies,
                world.entitlementSets,
                EngineAssets.scopes(activate.scopes(), activate.assets()),
                world.maxAgeMs,
                EngineAssets.books(activate.assets()),
                EngineAssets.pools(activate.assets()));
    }

    /** {@return the world as names, see {@link WorldDump}} */
    Map<String, String> dump() {
        return WorldDump.of(Objects.requireNonNull(fixture.worlds.current()), fixture::identityOf);
    }

    /** {@return everything that explain says of the last question} */
    String explained() {
        return explanation.stages() + "\n" + explanation.chain() + "\n" + explanation.rules() + "\n"
                + explanation.ceilings() + "\n" + explanation.pools();
    }

    /** {@return how many snapshots came as patches} */
    int patched() {
        return patched;
    }

    private void activate(final EngineSnapshot snapshot) {
        if (patches && turn > 1) {
            try {
                fixture.patch(turn, snapshot);
                patched++;
                return;
            } catch (final NotPatchableException ex) {
                // the loader would do the same
            }
        }
        fixture.activate(turn, snapshot);
    }

    /** {@return as {@link #play(ReferenceCall.Step)}; first a snapshot becomes active if there is one} */
    Object play(final ReferenceCall.Step step, final @Nullable EngineSnapshot snapshot) {
        turn++;
        fixture.clock.epochNs(step.nowNs());
        if (step.call() instanceof ReferenceCall.Activate activate) {
            fixture.defaultReservationTtlNs = activate.assets().defaultTtlMs() * NS_PER_MS;
        }
        if (snapshot != null) {
            activate(snapshot);
        }
        fixture.refreshPeriods();
        fixture.ages(step.agesMs());
        if (step.call() instanceof ReferenceCall.Restart && onDisk) {
            restart();
        }
        final World current = fixture.worlds.current();
        sweeper.sweepAll(step.nowNs(), current == null ? null : current.periods());
        worker.begin();
        try {
            return call(step);
        } finally {
            worker.end();
        }
    }

    private Object call(final ReferenceCall.Step step) {
        final ReferenceCall call = step.call();
        if (call instanceof ReferenceCall.Decide decide) {
            return decide(decide.request(), step.name());
        } else if (call instanceof ReferenceCall.Refund refund) {
            EngineQuestions.fill(request, refund.request());
            worker.refund(request, decision);
            worker.readings(decision, probe.readings());
            probe.check(request, decision);
            return answer(step.name());
        } else if (call instanceof ReferenceCall.Batch batch) {
            return batch(batch, step.name());
        } else if (call instanceof ReferenceCall.Extend extend) {
            final String id = id(extend.reservation());
            EngineQuestions.fill(request, extend.added(), extend.options());
            worker.extend(ReservationIds.high(id), ReservationIds.low(id), request, decision);
            worker.readings(decision, probe.readings());
            probe.check(request, decision);
            return answer(extend.reservation());
        } else if (call instanceof ReferenceCall.Settle settle) {
            final String id = id(settle.reservation());
            EngineQuestions.fill(request, settle.actual(), ReferenceRequest.Options.NONE);
            return ending(worker.settle(ReservationIds.high(id), ReservationIds.low(id), request, ended));
        } else if (call instanceof ReferenceCall.Release release) {
            final String id = id(release.reservation());
            return ending(worker.release(ReservationIds.high(id), ReservationIds.low(id), ended));
        }
        return List.of();
    }

    /** The requests are given twice, as the engine wants it. */
    private List<ReferenceAnswer> batch(final ReferenceCall.Batch asked, final String name) {
        final DecisionBatch batch = worker.batch();
        batch.begin(BatchMode.valueOf(asked.mode().name()));
        for (final ReferenceRequest each : asked.requests()) {
            EngineQuestions.fill(request, each);
            batch.add(request);
        }
        batch.commit();
        final List<ReferenceAnswer> given = new ArrayList<>();
        for (final ReferenceRequest each : asked.requests()) {
            EngineQuestions.fill(request, each);
            batch.answer(request, decision);
            batch.readings(decision, probe.readings());
            probe.check(request, decision);
            given.add(answer(name + "." + given.size()));
        }
        batch.end();
        return given;
    }

    private String id(final String name) {
        return ids.getOrDefault(name, NOBODY);
    }

    private static ReferenceReservations.Ending ending(final EndOutcome outcome) {
        return switch (outcome) {
            case SETTLED -> ReferenceReservations.Ending.SETTLED;
            case OVERRUN -> ReferenceReservations.Ending.OVERRUN;
            case RELEASED -> ReferenceReservations.Ending.RELEASED;
            case EXPIRED -> ReferenceReservations.Ending.EXPIRED;
            case UNKNOWN -> ReferenceReservations.Ending.UNKNOWN;
            case UNIT_NOT_ACCEPTED, AMOUNT_NEGATIVE -> ReferenceReservations.Ending.INVALID;
            default -> throw new AssertionError(outcome);
        };
    }

    private Object decide(final ReferenceRequest asked, final String name) {
        EngineQuestions.fill(request, asked);
        explanation.reset();
        if (turn % explainEvery == 0 && asked.mode() == DecideMode.CHECK) {
            worker.explain(request, decision, explanation);
            checkExplanation();
        } else {
            worker.decide(request, decision);
            worker.readings(decision, probe.readings());
            probe.check(request, decision);
        }
        return answer(name);
    }

    /** The engine makes ids of its own: the model's names take their place. */
    private ReferenceAnswer answer(final String name) {
        final ReferenceAnswer full = answers.of(request, decision);
        final ReferenceAnswer answer = decision.isRepeated() ? full.essence() : full;
        final ReferenceAnswer.Reservation made = answer.reservation();
        if (made == null) {
            return answer;
        }
        final String known = names.computeIfAbsent(made.id(), id -> name);
        ids.put(known, made.id());
        return answer.with(new ReferenceAnswer.Reservation(known, made.expiresAtMs()));
    }

    /** {@return what replayed everything from its readings} */
    ReplayProbe probe() {
        return probe;
    }

    private void checkExplanation() {
        final long decisive = explanation.stages().stream()
                .filter(Explanation.StageLine::decisive)
                .count();
        if (explanation.stages().size() != 8 || decisive != (decision.outcome() == Outcome.DENY ? 1 : 0)) {
            throw new AssertionError(
                    "explain must show every stage, and one of them decisive on a deny: " + explanation);
        }
    }

    @Override
    public void close() {
        fixture.close();
        try {
            store.close();
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }
}
