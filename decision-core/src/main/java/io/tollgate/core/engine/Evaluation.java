/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.explain.Explanation;
import io.tollgate.core.policy.PolicyQuery;
import io.tollgate.core.quota.PeriodTable;
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
    int chargeCount;

    /** Bit (dimension id mod 64) of each charged dimension. */
    long chargedDimensions;

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
    }

    void addScope(final long row) {
        chain[chainLength++] = row;
    }

    /** {@return the innermost place of the chain: project, department or organization} */
    long placeRow() {
        return placeRow;
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

    /** Adds to what is taken of a dimension; {@return false on overflow or too many dimensions}. */
    boolean addCharge(final int dimensionId, final long amount) {
        for (int i = 0; i < chargeCount; i++) {
            if (chargeDimensions[i] == dimensionId) {
                if (amount > Long.MAX_VALUE - chargeAmounts[i]) {
                    return false;
                }
                chargeAmounts[i] += amount;
                return true;
            }
        }
        if (chargeCount == MAX_CHARGES) {
            return false;
        }
        chargeDimensions[chargeCount] = dimensionId;
        chargeAmounts[chargeCount++] = amount;
        chargedDimensions |= 1L << dimensionId;
        return true;
    }
}
