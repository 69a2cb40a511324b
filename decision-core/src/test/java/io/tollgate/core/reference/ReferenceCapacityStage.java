/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.DimensionKind;
import io.tollgate.core.Reason;
import io.tollgate.core.world.def.AttributeValue;
import io.tollgate.core.world.def.OperationDef;
import io.tollgate.core.world.def.ScopeDef;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Stage 6: is there a machine? Own pools are used before shared ones. */
final class ReferenceCapacityStage {
    private ReferenceCapacityStage() {}

    static Reason evaluate(final ReferenceContext context, final ReferenceLedger ledger) {
        final Map<String, AttributeValue> attributes = new HashMap<>(ReferenceAttributes.of(context));
        final OperationDef operation = Objects.requireNonNull(context.operation, "known since stage REQUEST");
        attributes.put("request.product", new AttributeValue.Text(operation.product()));
        attributes.put("resource.type", new AttributeValue.Text(operation.resourceType()));
        attributes.put("request.action", new AttributeValue.Text(operation.action()));
        for (final Map.Entry<Integer, Long> charge : context.charges.entrySet()) {
            final int dimension = charge.getKey();
            if (context.world.registry.dimensions().get(dimension).kind() == DimensionKind.CAPACITY) {
                final List<ReferencePool> candidates = candidates(context, dimension, attributes);
                final ReferencePool pool = candidates.stream()
                        .filter(each ->
                                ledger.used(take(each, charge.getValue())) <= each.available() - charge.getValue())
                        .findFirst()
                        .orElse(null);
                if (pool == null) {
                    context.capacity.add(
                            candidates.isEmpty()
                                    ? nothing(context, dimension, charge.getValue())
                                    : view(context, ledger, candidates.get(0), charge.getValue()));
                    context.retryNever = candidates.stream().allMatch(each -> charge.getValue() > each.available());
                    return Reason.CAPACITY_UNAVAILABLE;
                }
                context.takes.add(take(pool, charge.getValue()));
                context.servedBy.add(pool);
            }
        }
        return Reason.OK;
    }

    /** Shows the pools that serve, as they are found or left. */
    static void show(final ReferenceContext context, final ReferenceLedger ledger) {
        for (final ReferencePool pool : context.servedBy) {
            context.capacity.add(view(context, ledger, pool, context.charges.getOrDefault(pool.dimensionId(), 0L)));
        }
    }

    /** Own pools first, the deepest scope first; then shared ones; ids break ties. */
    private static List<ReferencePool> candidates(
            final ReferenceContext context, final int dimension, final Map<String, AttributeValue> attributes) {
        final List<String> chain = context.chain.stream().map(ScopeDef::path).toList();
        final List<ReferencePool> candidates = new ArrayList<>();
        for (final ReferencePool pool : context.world.assets.pools()) {
            final boolean mine = pool.reservedFor().isEmpty() || chain.contains(pool.reservedFor());
            if (pool.dimensionId() == dimension
                    && mine
                    && ReferenceAttributes.canonicalMatch(pool.match(), attributes)) {
                candidates.add(pool);
            }
        }
        final Comparator<ReferencePool> deepestFirst =
                Comparator.comparingInt(pool -> -chain.indexOf(pool.reservedFor()));
        candidates.sort(
                context.rules.poolsInTurn(deepestFirst).thenComparing(ReferencePool::id, ReferenceAttributes.UTF8));
        return candidates;
    }

    /** Counted since the observation: a newer one starts at zero. */
    static ReferenceTake take(final ReferencePool pool, final long amount) {
        return new ReferenceTake(
                ReferenceTake.Kind.POOL,
                "pool " + pool.id(),
                pool.observedAtMs(),
                amount,
                false,
                pool.dimensionId(),
                null,
                null);
    }

    private static ReferenceAnswer.Capacity view(
            final ReferenceContext context,
            final ReferenceLedger ledger,
            final ReferencePool pool,
            final long requested) {
        return new ReferenceAnswer.Capacity(
                pool.id(),
                context.world.registry.dimensions().get(pool.dimensionId()).name(),
                !pool.reservedFor().isEmpty(),
                pool.available(),
                ledger.used(take(pool, 1)),
                requested);
    }

    private static ReferenceAnswer.Capacity nothing(
            final ReferenceContext context, final int dimension, final long requested) {
        return new ReferenceAnswer.Capacity(
                "", context.world.registry.dimensions().get(dimension).name(), false, 0, 0, requested);
    }
}
