/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.DecideMode;
import io.tollgate.core.Reason;
import io.tollgate.core.Stage;
import io.tollgate.core.condition.ConditionFrame;
import io.tollgate.core.explain.Explanation;
import io.tollgate.core.policy.PolicyQuery;
import io.tollgate.core.quota.PeriodTable;
import io.tollgate.core.quota.TakePlan;
import io.tollgate.core.registry.Operation;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.world.World;
import org.jspecify.annotations.Nullable;

/** What the stages learn about one request, in their order. Scratch of one worker; belongs to its thread. */
@SuppressWarnings("NullAway.Init") // the worker sets world, periods, request and decision before the first stage
final class Evaluation {
    /** Most dimensions of a registry that one request can be charged in. */
    static final int MAX_CHARGES = 32;
    /** global, plan, organization, department, project, principal, API key. */
    static final int MAX_CHAIN = 7;

    World world;
    PeriodTable periods;
    DecisionRequest request;
    Decision decision;

    @Nullable
    Explanation explanation;

    /** Of a batch; null = now. */
    @Nullable
    BatchInstant instant;

    @Nullable
    Operation operation;

    long nowMonotonicNs;
    long nowWallMs;
    long nowEpochNs;
    long nowEpochMs;

    /** Rows, global first. */
    final long[] chain = new long[MAX_CHAIN];

    int chainLength;

    long placeRow;

    /** Row of the principal, or of the API key where nobody owns it. */
    long actorRow;

    /** Row of the API key, or {@link World#NO_ROW}. */
    long apiKeyRow;

    final int[] chargeDimensions = new int[MAX_CHARGES];
    final long[] chargeAmounts = new long[MAX_CHARGES];
    /** Of each amount what does not depend on the usages. */
    final long[] chargeConstants = new long[MAX_CHARGES];
    /** How much of the amount one unit of the last usage is; 0 = none. */
    final long[] chargeFactors = new long[MAX_CHARGES];

    int chargeCount;

    /** Bit (dimension id mod 64) of each charged dimension. */
    long chargedDimensions;

    /** Of a RESERVE: how long it is held, ns. */
    long ttlNs;

    /** Of an Extend: the newest part of the reservation that it extends; 0 = a new reservation. */
    long extendsPart;

    /** Of an Extend: the reservation's id. */
    long extendsHigh;

    long extendsLow;

    /** Of an Extend: what was written, 0 = nothing. */
    long extension;

    /** Constant charges are not charged again by an Extend. */
    boolean extending;

    /** What the request would take is given back. */
    boolean refunding;

    /** By which this request was judged; null = it came not so far. */
    @Nullable
    TakePlan planned;

    /** What is decided again; null = nothing, as always in production. */
    @Nullable
    Readings replayed;

    /** Where this request's entries begin in the plan; see {@link CommitStage}. */
    int planStart;

    int quotaEnd;
    int creditEnd;
    int planEnd;

    /** What the stages over the plan say. */
    Reason quotaReason = Reason.OK;

    Reason creditReason = Reason.OK;
    Reason capacityReason = Reason.OK;

    /** Why COMMIT denies what all stages before it let through. */
    Reason commitReason = Reason.OK;

    /** Unit of each usage. */
    final int[] unitIds = new int[DecisionRequest.MAX_USAGES];

    final StatedFacts facts = new StatedFacts();
    final CreditFacts credit = new CreditFacts(this);
    final CapacityFacts capacity = new CapacityFacts(this);
    final ConditionFrame conditions = new ConditionFrame(new ConditionValues(this));

    final PolicyQuery query = new PolicyQuery(
            2 * DecisionRequest.MAX_ROLES, DecisionRequest.MAX_TOKEN_SCOPES + DecisionRequest.MAX_ROLES);

    void reset() {
        operation = null;
        chainLength = 0;
        placeRow = World.NO_ROW;
        actorRow = World.NO_ROW;
        apiKeyRow = World.NO_ROW;
        chargeCount = 0;
        chargedDimensions = 0;
        planned = null;
        planStart = 0;
        quotaEnd = 0;
        creditEnd = 0;
        planEnd = 0;
        quotaReason = Reason.OK;
        creditReason = Reason.OK;
        capacityReason = Reason.OK;
        commitReason = Reason.OK;
        ttlNs = 0;
        extendsPart = 0;
        extension = 0;
        extending = false;
        refunding = false;
        facts.reset();
        credit.reset();
        capacity.reset();
    }

    /** {@return whether what is taken has to be recorded as held} */
    boolean reserves() {
        return request.mode() == DecideMode.RESERVE;
    }

    void addScope(final long row) {
        chain[chainLength++] = row;
    }

    /** {@return the innermost place of the chain: project, department or organization} */
    long placeRow() {
        return placeRow;
    }

    /** {@return what a stage over the plan says: QUOTA, CREDIT or CAPACITY} */
    Reason planReason(final Stage stage) {
        return switch (stage) {
            case QUOTA -> quotaReason;
            case CREDIT -> creditReason;
            case CAPACITY -> capacityReason;
            case COMMIT -> commitReason;
            default -> Reason.OK;
        };
    }

    /** {@return whether a stage over the plan has anything to look at} */
    boolean spends(final Operation known) {
        return chargeCount > 0 || known.creditGated();
    }

    /** {@return position of the charge of a dimension that is charged} */
    int chargeOf(final int dimensionId) {
        int i = 0;
        while (i < chargeCount - 1 && chargeDimensions[i] != dimensionId) {
            i++;
        }
        return i;
    }

    /** {@return what the request takes of a dimension, in its unit; 0 = nothing} */
    long charge(final int dimensionId) {
        for (int i = 0; i < chargeCount; i++) {
            if (chargeDimensions[i] == dimensionId) {
                return chargeAmounts[i];
            }
        }
        return 0;
    }

    /** Adds what every request takes of a dimension; {@return false on overflow or too many dimensions}. */
    boolean addConstantCharge(final int dimensionId, final long amount) {
        final int at = addCharge(dimensionId, amount);
        if (at >= 0) {
            chargeConstants[at] += amount;
        }
        return at >= 0;
    }

    /**
     * Adds what a usage takes of a dimension.
     *
     * @param factor of the dimension's unit in one unit of the usage
     * @return false on overflow or too many dimensions
     */
    boolean addUsageCharge(final int dimensionId, final long amount, final long factor) {
        final int at = addCharge(dimensionId, amount);
        if (at >= 0) {
            chargeFactors[at] += factor;
        }
        return at >= 0;
    }

    /** Scales what the only usage takes to another amount of it, at most the one asked for. */
    void grantOnly(final long usageAmount) {
        for (int i = 0; i < chargeCount; i++) {
            chargeAmounts[i] = chargeConstants[i] + usageAmount * chargeFactors[i];
        }
    }

    /** {@return position of the charge, or -1 on overflow or too many dimensions} */
    private int addCharge(final int dimensionId, final long amount) {
        for (int i = 0; i < chargeCount; i++) {
            if (chargeDimensions[i] == dimensionId) {
                if (amount > Long.MAX_VALUE - chargeAmounts[i]) {
                    return -1;
                }
                chargeAmounts[i] += amount;
                return i;
            }
        }
        if (chargeCount == MAX_CHARGES) {
            return -1;
        }
        chargeDimensions[chargeCount] = dimensionId;
        chargeAmounts[chargeCount] = amount;
        chargeConstants[chargeCount] = 0;
        chargeFactors[chargeCount] = 0;
        chargedDimensions |= 1L << dimensionId;
        return chargeCount++;
    }
}
