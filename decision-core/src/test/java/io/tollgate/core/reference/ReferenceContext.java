/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.Reason;
import io.tollgate.core.explain.CeilingView;
import io.tollgate.core.world.def.OperationDef;
import io.tollgate.core.world.def.ScopeDef;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the stages learn about one request, in their order. */
final class ReferenceContext {
    final ReferenceWorld world;
    final ReferenceRequest request;
    final ReferenceRules rules;
    final long nowEpochNs;

    @Nullable
    OperationDef operation;

    int operationId = -1;

    /** From global to the leaf. */
    final List<ScopeDef> chain = new ArrayList<>();

    @Nullable
    ScopeDef actor;

    String actorType = "";
    final Set<String> roles = new LinkedHashSet<>();
    final Set<String> tokenScopes = new LinkedHashSet<>();

    /** Dimension id to amount in its base unit. */
    final Map<Integer, Long> charges = new TreeMap<>();

    /** Dimension id to what every such request takes of it, whatever its usages. */
    final Map<Integer, Long> constants = new TreeMap<>();

    final List<ReferenceAnswer.MatchedRule> matchedRules = new ArrayList<>();
    final List<ReferenceAnswer.WarningLine> warnings = new ArrayList<>();
    final List<String> obligations = new ArrayList<>();
    final List<Reason> warnReasons = new ArrayList<>();

    /** What is granted of the only usage, with allow_partial; null = as asked. */
    @Nullable
    Long grantedInPart;

    @Nullable
    CeilingView binding;

    long retryAfterNs;
    boolean retryNever;

    /** What the stages QUOTA, CREDIT and CAPACITY want to take: all or none. */
    final List<ReferenceTake> takes = new ArrayList<>();

    @Nullable
    ReferenceCost cost;

    /** Dimension id to its price, where credit gates the operation. */
    @Nullable
    Map<Integer, ReferencePriceBook.Price> prices;

    final List<ReferencePool> servedBy = new ArrayList<>();
    final List<ReferenceAnswer.Capacity> capacity = new ArrayList<>();

    /** What was taken, once committed. */
    final List<ReferenceHold> held = new ArrayList<>();

    /** What it would take is given back. */
    boolean refunds;

    /** Not when a reservation is extended: its constants were charged when it was made. */
    boolean chargesConstants = true;

    ReferenceContext(
            final ReferenceWorld world,
            final ReferenceRequest request,
            final ReferenceRules rules,
            final long nowEpochNs) {
        this.world = world;
        this.request = request;
        this.rules = rules;
        this.nowEpochNs = nowEpochNs;
    }

    long constant(final int dimension) {
        return constants.getOrDefault(dimension, 0L);
    }

    long nowEpochMs() {
        return Math.floorDiv(nowEpochNs, 1_000_000L);
    }
}
