/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.BatchMode;
import io.tollgate.core.DecideMode;
import io.tollgate.core.DecisionClock;
import io.tollgate.core.Outcome;
import io.tollgate.core.Reason;
import io.tollgate.core.Stage;
import io.tollgate.core.explain.Explanation;
import io.tollgate.core.freshness.FreshnessTable;
import io.tollgate.core.quota.PeriodTable;
import io.tollgate.core.quota.TakePlan;
import io.tollgate.core.quota.Taker;
import io.tollgate.core.registry.Operation;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.Defect;
import io.tollgate.core.reservation.EndOutcome;
import io.tollgate.core.reservation.EndResult;
import io.tollgate.core.reservation.IdempotencyDesk;
import io.tollgate.core.reservation.ReservationDesk;
import io.tollgate.core.world.World;
import io.tollgate.core.world.WorldHolder;
import org.jspecify.annotations.Nullable;

/**
 * Decides. The stages, in the order of the semantics page; the first deny is the answer.
 *
 * <p>A turn is {@link #begin()}, any number of {@link #decide} (all see one world), {@link #end()}. Between begin and end the
 * world stays mapped; what a {@link Decision} refers to is readable until end.
 *
 * <p>Belongs to one thread at a time. {@link #decide} takes no lock, allocates nothing, makes no system call and throws nothing;
 * what cannot be decided is denied.
 */
public final class DecisionWorker {
    private static final long NS_PER_MS = 1_000_000L;

    private final WorldHolder worlds;
    private final int worker;
    private final DecisionClock clock;
    private final Evaluation evaluation = new Evaluation();
    private final RequestStage requestStage = new RequestStage();
    private final FreshnessStage freshnessStage;
    private final EntitlementStage entitlementStage = new EntitlementStage();
    private final CommitStage commitStage;
    private final ReservationDesk reservations;
    private final Taker taker;
    private final UsageRecorder usage;
    private final FreshnessTable freshness;
    private final EndResult kept = new EndResult();
    private final KeyedAnswers keys;
    private final ExplainedStages explained;
    private @Nullable World world;
    private @Nullable DecisionBatch batch;
    private boolean auditable = true;

    DecisionWorker(
            final WorldHolder worlds,
            final int worker,
            final FreshnessTable freshness,
            final DecisionClock clock,
            final Taker taker,
            final ReservationDesk reservations,
            final UsageRecorder usage) {
        this.worlds = worlds;
        this.worker = worker;
        this.clock = clock;
        freshnessStage = new FreshnessStage(freshness);
        this.reservations = reservations;
        keys = new KeyedAnswers(reservations.keys());
        commitStage = new CommitStage(taker, reservations, new TakePlan(), usage);
        explained = new ExplainedStages(evaluation, requestStage, freshnessStage, entitlementStage, commitStage);
        this.usage = usage;
        this.taker = taker;
        this.freshness = freshness;
    }

    /** Starts a turn: pins the newest world. {@return it, or null when there is none yet} */
    public @Nullable World begin() {
        world = worlds.pin(worker);
        return world;
    }

    /** Ends the turn: decisions of it are no longer readable. */
    public void end() {
        keys.conclude();
        world = null;
        worlds.release(worker);
    }

    /**
     * Says whether decisions of audited operations can be logged; while they cannot, they are denied with AUDIT_UNAVAILABLE and take
     * nothing. Holds until it is said otherwise; at first they can. Explaining asks nobody.
     */
    public void auditable(final boolean canBeLogged) {
        auditable = canBeLogged;
    }

    /** Decides, within a turn. */
    public void decide(final DecisionRequest request, final Decision decision) {
        prepare(request, decision, null);
        judgePinned(request.mode() != DecideMode.CHECK);
    }

    /**
     * Gives back, within a turn, what a CONSUME of the request would take: to the counters of now, whoever took it, to a period no more
     * than is used of it and to a bucket no more than it misses. All of it comes back, or on a deny nothing. Who may not ask for it may
     * not give it back. Takes no lock, allocates nothing, throws nothing.
     *
     * @param request judged as a CHECK, whatever its mode; without idempotency key and allow_partial
     * @param decision shows the ceilings as they are then, and no warnings of theirs
     */
    public void refund(final DecisionRequest request, final Decision decision) {
        request.mode(DecideMode.CHECK);
        prepare(request, decision, null);
        evaluation.refunding = true;
        decision.refund();
        judgePinned(false);
    }

    private void judgePinned(final boolean take) {
        final Decision decision = evaluation.decision;
        if (evaluation.request.defect() != Defect.NONE) {
            decision.problem(Problem.FORM, Reason.INVALID_REQUEST);
            decision.deny(Stage.REQUEST, Reason.INVALID_REQUEST);
        } else if (world == null) {
            decision.deny(Stage.FRESHNESS, Reason.SNAPSHOT_MISSING);
        } else {
            evaluate(take);
        }
    }

    /**
     * Fills in what the decision that was made last in this turn rested on, of one that was not explained. Allocates nothing.
     *
     * @param decision the one that was filled by it
     */
    public void readings(final Decision decision, final Readings into) {
        into.capture(evaluation, decision, freshness);
    }

    /**
     * Decides again what was decided when the readings were made, within a turn: by their counters and with what they say of batch and
     * reservation. Instant, ages and snapshot are those of the worker: the caller sets them. Nothing is taken or remembered; of a
     * reservation the expiry is shown, with the id 0 (of an extended one as if it had none before).
     */
    public void replay(final DecisionRequest request, final Decision decision, final Readings readings) {
        taker.judgeBy(readings.counters());
        evaluation.replayed = readings;
        try {
            if (readings.batch() != null) {
                replayInBatch(request, decision, readings.batch());
            } else if (readings.extending()) {
                request.mode(DecideMode.RESERVE).allowPartial(false);
                prepare(request, decision, null);
                judgePinned(true);
                if (decision.outcome() != Outcome.DENY) {
                    decision.reservation(0, 0, ReservationRecorder.expiresMs(evaluation, evaluation.ttlNs));
                }
            } else {
                decide(request, decision);
            }
        } finally {
            evaluation.replayed = null;
            taker.judgeBy(null);
        }
    }

    private void replayInBatch(final DecisionRequest request, final Decision decision, final BatchMode mode) {
        final DecisionBatch alone = batch();
        alone.begin(mode);
        alone.add(request);
        alone.commit();
        alone.answer(request, decision);
        alone.end();
    }

    /**
     * Explains what {@link #replay} decides, by the same counters; by those of the worker where the decision came as far as none, so that
     * the stages after it have something to show. Allocates.
     */
    public void explainReplay(
            final DecisionRequest request,
            final Decision decision,
            final Explanation explanation,
            final Readings readings) {
        taker.judgeBy(readings.counters().size() == 0 ? null : readings.counters());
        evaluation.replayed = readings;
        try {
            explain(request, decision, explanation);
        } finally {
            evaluation.replayed = null;
            taker.judgeBy(null);
        }
    }

    /** {@return what decides requests that stand together; made when first asked for, which allocates} */
    public DecisionBatch batch() {
        DecisionBatch made = batch;
        if (made == null) {
            final BatchInstant instant = new BatchInstant(this, freshness, clock);
            made = new DecisionBatch(this, evaluation, new BatchPlan(taker, reservations, usage), instant);
            batch = made;
        }
        return made;
    }

    @Nullable
    World pinned() {
        return world;
    }

    /**
     * Decides, within a turn, whether more may be used under a reservation, as a RESERVE of the same actor, place and operation; and
     * takes it.
     *
     * @param high first half of the reservation's id
     * @param low second half of it
     * @param request its usages, time to live (0 = leave the expiry) and idempotency key count; who, where and what are filled in here
     */
    public void extend(final long high, final long low, final DecisionRequest request, final Decision decision) {
        request.mode(DecideMode.RESERVE).allowPartial(false);
        prepare(request, decision, null);
        if (request.defect() != Defect.NONE) {
            decision.problem(Problem.FORM, Reason.INVALID_REQUEST);
            decision.deny(Stage.REQUEST, Reason.INVALID_REQUEST);
            return;
        }
        if (world == null) {
            decision.deny(Stage.FRESHNESS, Reason.SNAPSHOT_MISSING);
            return;
        }
        final EndOutcome refused = reservations.beginExtend(high, low, evaluation.nowEpochNs, kept);
        if (refused == EndOutcome.BUSY) {
            decision.deny(Stage.COMMIT, decision.fault(Fault.RESERVATION_BUSY, Reason.OVERLOADED));
        } else if (refused != null && keys.recall(evaluation, high, low)) {
            // the answer to the same Extend while it was open
            evaluation.extending = true;
            repeated();
        } else if (refused != null) {
            decision.problem(Problem.RESERVATION_NOT_OPEN, Reason.INVALID_REQUEST);
            decision.deny(Stage.REQUEST, Reason.INVALID_REQUEST);
        } else {
            extendKept(high, low, request, decision);
        }
    }

    private void extendKept(final long high, final long low, final DecisionRequest request, final Decision decision) {
        if (!reservations.readFacts(high, low, request)) {
            decision.problem(Problem.RESERVATION_NOT_OPEN, Reason.INVALID_REQUEST);
            decision.deny(Stage.REQUEST, Reason.INVALID_REQUEST);
            return;
        }
        boolean allowed = false;
        try {
            evaluation.extending = true;
            evaluation.extendsHigh = high;
            evaluation.extendsLow = low;
            evaluation.extendsPart = reservations.newestPart(high, low);
            evaluate(true);
            allowed = decision.outcome() != Outcome.DENY && !decision.isRepeated();
        } finally {
            if (allowed) {
                final long before = reservations.expiresMs(high, low);
                final long after = request.reservationTtlNs() == 0
                        ? before
                        : Math.max(before, ReservationRecorder.expiresMs(evaluation, evaluation.ttlNs));
                reservations.extended(high, low, evaluation.extension, after);
                decision.reservation(high, low, after);
            } else {
                reservations.notExtended(high, low);
            }
        }
    }

    /**
     * Brings a reservation to what was really used, within a turn.
     *
     * @param high first half of the reservation's id
     * @param low second half of it
     * @param actual its usages; everything else in it is ignored
     */
    public EndOutcome settle(final long high, final long low, final DecisionRequest actual, final EndResult result) {
        return reservations.settle(high, low, actual, nowEpochNs(), periods(), result);
    }

    /**
     * {@return whether the last decision waits for {@link #keepAnswer}: it took something under an idempotency key}
     */
    public boolean wantsAnswer() {
        return keys.pending();
    }

    /**
     * Keeps the answer to the last decision for whoever asks again with the same key. Without it, the next decision or the end of the turn
     * keeps what the {@link Decision} knows.
     *
     * @param bytes opaque here
     * @param length at most {@link IdempotencyDesk#MAX_ANSWER_BYTES}
     */
    public void keepAnswer(final byte[] bytes, final int length) {
        keys.keep(bytes, length);
    }

    /**
     * {@return what {@link #keepAnswer} was given the first time, of a decision that {@link Decision#isRepeated}; {@link
     * #firstAnswerLength}}
     */
    public byte[] firstAnswer() {
        return keys.answer();
    }

    /** {@return bytes of {@link #firstAnswer}; 0 = none were kept} */
    public int firstAnswerLength() {
        return keys.answerLength();
    }

    /** Says that the end of a reservation is awaited from somebody who may be lost, or no longer; see {@link ReservationDesk#expectEnd}. */
    public void expectEnd(final long high, final long low, final boolean awaits) {
        reservations.expectEnd(high, low, awaits);
    }

    /** Gives a reservation back, within a turn. */
    public EndOutcome release(final long high, final long low, final EndResult result) {
        return reservations.release(high, low, nowEpochNs(), periods(), result);
    }

    /**
     * {@return the sequence of the usage journal that has to be durable before what was decided and ended since the last call may be
     * told; 0 = none. By {@link io.tollgate.core.journal.UsageLog#durableSequence}}
     */
    public long takeOwed() {
        return usage.takeOwed();
    }

    private void repeated() {
        if (evaluation.decision.isRepeated()) {
            usage.repeated();
        }
    }

    private long nowEpochNs() {
        return clock.monotonicNs() + clock.epochOffsetNs();
    }

    private @Nullable PeriodTable periods() {
        final World pinned = world;
        return pinned == null ? null : pinned.periods();
    }

    /** Decides as CHECK, within a turn, and records everything that was considered; also what came after the deciding stage. Allocates. */
    public void explain(final DecisionRequest request, final Decision decision, final Explanation explanation) {
        explanation.reset();
        prepare(request, decision, explanation);
        if (request.defect() != Defect.NONE) {
            decision.problem(Problem.FORM, Reason.INVALID_REQUEST);
            decision.deny(Stage.REQUEST, Reason.INVALID_REQUEST);
            explained.notEvaluated(explanation, decision, request.defectMessage());
        } else if (world == null) {
            decision.deny(Stage.FRESHNESS, Reason.SNAPSHOT_MISSING);
            explained.notEvaluated(explanation, decision, "no snapshot has been installed yet");
        } else {
            explained.evaluate(explanation);
        }
    }

    private void prepare(
            final DecisionRequest request, final Decision decision, final @Nullable Explanation explanation) {
        keys.conclude();
        final World pinned = world;
        final long nowNs = clock.monotonicNs();
        evaluation.instant = null;
        evaluation.nowMonotonicNs = nowNs;
        evaluation.nowWallMs = clock.wallMs();
        evaluation.nowEpochNs = nowNs + clock.epochOffsetNs();
        prepareAtNow(request, decision, explanation);
        if (pinned != null) {
            evaluation.periods = pinned.periods();
        }
    }

    /** The same at the instant of a batch. */
    void prepareAt(final DecisionRequest request, final Decision decision, final BatchInstant instant) {
        keys.conclude();
        evaluation.instant = instant;
        evaluation.nowMonotonicNs = instant.monotonicNs();
        evaluation.nowWallMs = instant.wallMs();
        evaluation.nowEpochNs = instant.epochNs();
        evaluation.periods = instant.periods();
        prepareAtNow(request, decision, null);
    }

    private void prepareAtNow(
            final DecisionRequest request, final Decision decision, final @Nullable Explanation explanation) {
        final World pinned = world;
        evaluation.reset();
        evaluation.extending = evaluation.replayed != null && evaluation.replayed.extending();
        evaluation.nowEpochMs = Math.floorDiv(evaluation.nowEpochNs, NS_PER_MS);
        evaluation.request = request;
        evaluation.decision = decision;
        evaluation.explanation = explanation;
        decision.reset(pinned, evaluation.nowEpochMs);
        if (pinned != null) {
            evaluation.world = pinned;
        }
    }

    private void evaluate(final boolean take) {
        final Decision decision = evaluation.decision;
        final Operation operation = requested();
        if (operation == null) {
            return;
        }
        final boolean keyed = take && evaluation.replayed == null;
        if (keyed && !keys.claim(evaluation)) {
            repeated();
            return;
        }
        judge(operation, take);
        keys.decided(decision);
    }

    private void judge(final Operation operation, final boolean take) {
        final Decision decision = evaluation.decision;
        if (!permitted(operation)) {
            return;
        }
        if (evaluation.spends(operation) || evaluation.reserves()) {
            final Stage stage =
                    evaluation.refunding ? commitStage.refund(evaluation) : commitStage.evaluate(evaluation, take);
            if (stage != Stage.COMMIT || evaluation.commitReason != Reason.OK) {
                decision.deny(stage, evaluation.planReason(stage));
                return;
            }
        }
        decision.admit();
    }

    /** Stages REQUEST to ENTITLEMENT; {@return what is asked for, or null when that is denied}. */
    @Nullable
    Operation beforePlan() {
        final Operation operation = requested();
        return operation != null && permitted(operation) ? operation : null;
    }

    private @Nullable Operation requested() {
        final Reason reason = requestStage.evaluate(evaluation);
        final Operation operation = evaluation.operation;
        if (operation != null && operation.audited() && !auditable) {
            final Decision decision = evaluation.decision;
            decision.deny(Stage.COMMIT, decision.fault(Fault.AUDIT_UNAVAILABLE, Reason.AUDIT_UNAVAILABLE));
            return null;
        }
        if (reason != Reason.OK || operation == null) {
            evaluation.decision.deny(Stage.REQUEST, reason);
            return null;
        }
        return operation;
    }

    /** Stages FRESHNESS to ENTITLEMENT. */
    private boolean permitted(final Operation operation) {
        final Decision decision = evaluation.decision;
        decision.chain(evaluation);
        Reason reason = freshnessStage.evaluate(evaluation, operation);
        if (reason != Reason.OK) {
            decision.deny(Stage.FRESHNESS, reason);
            return false;
        }
        reason = PolicyStage.evaluate(evaluation, null);
        if (reason != Reason.OK) {
            decision.deny(Stage.POLICY, reason);
            return false;
        }
        reason = entitlementStage.evaluate(evaluation, operation);
        if (reason != Reason.OK) {
            decision.deny(Stage.ENTITLEMENT, reason);
            return false;
        }
        return true;
    }
}
