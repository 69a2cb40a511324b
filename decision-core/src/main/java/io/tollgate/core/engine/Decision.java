/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.Outcome;
import io.tollgate.core.Plane;
import io.tollgate.core.Reason;
import io.tollgate.core.Stage;
import io.tollgate.core.policy.PolicyMatch;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.world.World;
import org.jspecify.annotations.Nullable;

/**
 * One answer, as numbers and references into the world that it was made in. Reused from call to call; belongs to one
 * thread; readable until
 * the worker that filled it decides again or ends its turn ({@link DecisionWorker#end()}): names are read from the pinned world, and
 * ceilings from the worker's plan.
 */
public final class Decision {
    /** {@link #retryAfterNs()}: waiting does not help, or the reason says nothing about time. */
    public static final long RETRY_NEVER = Long.MAX_VALUE;
    /** No number, no reference. */
    public static final int NONE = -1;

    final CeilingStates ceilings = new CeilingStates();
    final Warnings warnings = new Warnings();
    final CostState cost = new CostState();
    final CapacityState capacity = new CapacityState();
    final PlaneAges planeAges = new PlaneAges();
    final PolicyMatch policyMatch = new PolicyMatch(
            2 * DecisionRequest.MAX_ROLES, DecisionRequest.MAX_TOKEN_SCOPES + DecisionRequest.MAX_ROLES);

    private final long[] chain = new long[Evaluation.MAX_CHAIN];
    private int chainLength;
    private @Nullable World world;
    private Outcome outcome = Outcome.DENY;
    private Reason reason = Reason.INTERNAL;
    private @Nullable Stage stage;
    private Problem problem = Problem.NONE;
    private int problemUsage;
    private Fault fault = Fault.NONE;
    private int operationId;
    private int featureId;
    private int entitlementEntry;
    private long customerRow;
    private int stalePlane;
    private boolean policyEvaluated;
    private Reason warnReason = Reason.OK;
    private long retryAfterNs;
    private boolean retryStated;
    private long nowEpochMs;
    private long grantedInPart;
    private boolean reserved;
    private long reservationHigh;
    private long reservationLow;
    private long reservationExpiresMs;
    private boolean repeated;
    private boolean refund;

    void reset(final @Nullable World pinned, final long epochMs) {
        world = pinned;
        nowEpochMs = epochMs;
        outcome = Outcome.DENY;
        reason = Reason.INTERNAL;
        stage = null;
        problem = Problem.NONE;
        problemUsage = NONE;
        fault = Fault.NONE;
        operationId = NONE;
        featureId = NONE;
        entitlementEntry = NONE;
        customerRow = World.NO_ROW;
        stalePlane = 0;
        policyEvaluated = false;
        warnReason = Reason.OK;
        retryAfterNs = 0;
        retryStated = false;
        grantedInPart = NONE;
        reserved = false;
        repeated = false;
        refund = false;
        chainLength = 0;
        ceilings.reset();
        cost.reset();
        capacity.reset();
        warnings.reset();
        planeAges.reset();
    }

    void chain(final Evaluation evaluation) {
        chainLength = evaluation.chainLength;
        System.arraycopy(evaluation.chain, 0, chain, 0, chainLength);
    }

    void operation(final int id) {
        operationId = id;
    }

    void feature(final int id) {
        featureId = id;
    }

    void customer(final long row) {
        customerRow = row;
    }

    void entitlement(final int entry) {
        entitlementEntry = entry;
    }

    void stalePlane(final int planeCode) {
        stalePlane = planeCode;
    }

    void policyEvaluated() {
        policyEvaluated = true;
    }

    void grantedInPart(final long amount) {
        grantedInPart = amount;
    }

    void reservation(final long high, final long low, final long expiresMs) {
        reserved = true;
        reservationHigh = high;
        reservationLow = low;
        reservationExpiresMs = expiresMs;
    }

    /** The answer is the one that was given to the same request before. */
    void repeat(final Outcome before, final Reason because, final long granted) {
        repeated = true;
        outcome = before;
        reason = because;
        grantedInPart = granted;
    }

    /** It is about hits that are given back. */
    void refund() {
        refund = true;
    }

    long grantedInPart() {
        return grantedInPart;
    }

    void retry(final long afterNs) {
        retryAfterNs = afterNs;
        retryStated = true;
    }

    Reason problem(final Problem found, final Reason because) {
        problem = found;
        return because;
    }

    Reason problem(final Problem found, final int position, final Reason because) {
        problemUsage = position;
        return problem(found, because);
    }

    Reason fault(final Fault found, final Reason because) {
        fault = found;
        return because;
    }

    /** The first stage that warns gives the reason of a WARN. */
    void warned(final Reason because) {
        if (warnReason == Reason.OK) {
            warnReason = because;
        }
    }

    void deny(final Stage at, final Reason because) {
        stage = at;
        outcome = Outcome.DENY;
        reason = because;
        warnings.reset();
        if (at == Stage.CREDIT || at == Stage.CAPACITY || at == Stage.COMMIT) {
            ceilings.reset();
        }
        if (at != Stage.CREDIT && at != Stage.CAPACITY) {
            cost.reset();
        }
        if (at != Stage.CAPACITY) {
            capacity.reset();
        }
    }

    /** The answer of an explanation is that of the decision: it knows nothing of the stages after the deciding one. */
    void forgetAfter(final Stage deciding) {
        if (deciding.compareTo(Stage.POLICY) < 0) {
            policyEvaluated = false;
        }
        if (deciding.compareTo(Stage.ENTITLEMENT) < 0) {
            featureId = NONE;
            entitlementEntry = NONE;
            customerRow = World.NO_ROW;
        }
        if (deciding.compareTo(Stage.QUOTA) < 0) {
            retryAfterNs = 0;
            retryStated = false;
            ceilings.reset();
        }
    }

    /**
     * Another request of its atomic batch was denied. What this one was judged to be is nobody's business then: nothing of it was
     * taken.
     */
    void deniedWithBatch() {
        deny(Stage.COMMIT, Reason.BATCH_DENIED);
        forgetAfter(Stage.REQUEST);
    }

    void admit() {
        outcome = warnReason == Reason.OK ? Outcome.ALLOW : Outcome.WARN;
        reason = warnReason;
    }

    /** {@return may the caller go on} */
    public Outcome outcome() {
        return outcome;
    }

    /** {@return why} */
    public Reason reason() {
        return reason;
    }

    /** {@return the stage that denied, or null} */
    public @Nullable Stage stage() {
        return stage;
    }

    /** {@return the snapshot that it rests on, or null when there was none} */
    public @Nullable World world() {
        return world;
    }

    /** {@return when it was made, milliseconds since 1970} */
    public long nowEpochMs() {
        return nowEpochMs;
    }

    /** {@return what is wrong with the request, in more detail than the reason} */
    public Problem problem() {
        return problem;
    }

    /** {@return which usage, attribute or reading of the request {@link #problem()} is about, or {@link #NONE}} */
    public int problemUsage() {
        return problemUsage;
    }

    /** {@return what went wrong inside} */
    public Fault fault() {
        return fault;
    }

    /** {@return position of the operation in the registry, or {@link #NONE}} */
    public int operationId() {
        return operationId;
    }

    /** {@return position in the registry of the feature that gates the operation, or {@link #NONE}} */
    public int featureId() {
        return featureId;
    }

    /** {@return entry of the feature in the world's entitlements, or {@link #NONE}; its values are the obligations} */
    public int entitlementEntry() {
        return entitlementEntry;
    }

    /** {@return the scope whose subscription was asked, or {@link World#NO_ROW}} */
    public long customerRow() {
        return customerRow;
    }

    /** {@return the plane that was too old, or null} */
    public @Nullable Plane stalePlane() {
        return Plane.ofCode(stalePlane);
    }

    /** {@return ages of the planes that the operation needs} */
    public PlaneAges planeAges() {
        return planeAges;
    }

    /** {@return how many scopes the chain has; 0 before it was found} */
    public int chainLength() {
        return chainLength;
    }

    /** {@return row of a scope of the chain; 0 is global} */
    public long chainRow(final int index) {
        return chain[index];
    }

    /** {@return how many rules matched} */
    public int matchedRuleCount() {
        return policyEvaluated ? policyMatch.matchedCount() : 0;
    }

    /** {@return a rule that matched: number in {@link World#policies()}} */
    public int matchedRule(final int index) {
        return policyMatch.matchedRule(index);
    }

    /** {@return the rule that decided in stage POLICY, or {@link #NONE}; number in {@link World#policies()}} */
    public int decidingRule() {
        return policyEvaluated ? policyMatch.decidingRule() : NONE;
    }

    /** {@return whether a scope of the chain may say yes; false before stage POLICY} */
    public boolean authority(final int chainIndex) {
        return policyEvaluated && policyMatch.authority(chainIndex);
    }

    /** {@return the ceilings that the request is charged against} */
    public CeilingStates ceilings() {
        return ceilings;
    }

    /** {@return what it costs and who pays, where the operation is gated by credit; not known on a deny by an earlier stage} */
    public CostState cost() {
        return cost;
    }

    /** {@return the pools that serve it, or on a deny by CAPACITY the one that does not} */
    public CapacityState capacity() {
        return capacity;
    }

    /** {@return warnings, in the order of the stages; none on a deny} */
    public Warnings warnings() {
        return warnings;
    }

    /**
     * {@return what is granted of a usage, in its unit: as asked, or less with allow_partial; 0 on a deny or refund}
     *
     * @param request what was decided
     * @param usage   position of the usage
     */
    public long granted(final DecisionRequest request, final int usage) {
        if (outcome == Outcome.DENY || refund) {
            return 0;
        }
        return grantedInPart < 0 ? request.amount(usage) : grantedInPart;
    }

    /**
     * {@return whether it is the answer that was given to the same idempotency key before: outcome, reason, what was granted and the
     * reservation are here, the rest is with {@link DecisionWorker#firstAnswer()}}
     */
    public boolean isRepeated() {
        return repeated;
    }

    /** {@return whether it is about hits that are given back; unless it is denied they were, and nothing was granted} */
    public boolean isRefund() {
        return refund;
    }

    /** {@return whether it made or extended a reservation} */
    public boolean hasReservation() {
        return reserved && outcome != Outcome.DENY;
    }

    /** {@return first half of the reservation's id, see {@link io.tollgate.core.reservation.ReservationIds#text}} */
    public long reservationHigh() {
        return reservationHigh;
    }

    /** {@return second half of the reservation's id} */
    public long reservationLow() {
        return reservationLow;
    }

    /** {@return when the reservation expires, milliseconds since 1970} */
    public long reservationExpiresMs() {
        return reservationExpiresMs;
    }

    /** {@return whether it grants less than asked} */
    public boolean partial(final DecisionRequest request) {
        return outcome != Outcome.DENY && grantedInPart >= 0 && grantedInPart < request.amount(0);
    }

    /** {@return whether the reason says something about waiting} */
    public boolean retryStated() {
        return retryStated;
    }

    /** {@return when the same request passes if nothing else arrives, nanoseconds; {@link #RETRY_NEVER}; 0 when not stated} */
    public long retryAfterNs() {
        return retryAfterNs;
    }
}
