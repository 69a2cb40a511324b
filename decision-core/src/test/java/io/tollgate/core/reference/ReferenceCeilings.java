/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.DimensionKind;
import io.tollgate.core.Enforcement;
import io.tollgate.core.ScopeLevel;
import io.tollgate.core.world.def.CeilingDef;
import io.tollgate.core.world.def.ChargeDef;
import io.tollgate.core.world.def.DimensionDef;
import io.tollgate.core.world.def.OperationDef;
import io.tollgate.core.world.def.OverrideDef;
import io.tollgate.core.world.def.ScopeDef;
import io.tollgate.core.world.def.SubscriptionDef;
import java.util.ArrayList;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Which ceilings a request is charged against: every SHARED one of its chain and every EACH one that applies. */
final class ReferenceCeilings {
    private ReferenceCeilings() {}

    /**
     * A ceiling that applies.
     *
     * @param scope       where it is defined
     * @param ceiling     the ceiling
     * @param limit       what it lets through now
     * @param by          the override that says so, or null
     * @param dimension   its dimension
     * @param take        what the request takes under it
     * @param resetsAtMs  PERIOD: the end of the period; else 0
     */
    record Line(
            ScopeDef scope,
            CeilingDef ceiling,
            CeilingDef.Amount limit,
            @Nullable OverrideDef by,
            DimensionDef dimension,
            ReferenceTake take,
            long resetsAtMs) {
        long amount() {
            return take.amount();
        }

        /** The same at the end of its override: in the period of that time, by the ceiling's own amount. */
        Line after(final ReferenceContext context, final long endMs) {
            final CeilingDef.Amount own = ceiling.amount();
            if (dimension.kind() != DimensionKind.PERIOD) {
                return new Line(scope, ceiling, own, null, dimension, take.under(own), 0);
            }
            final ReferencePeriods then = context.rules.period(ceiling.window(), endMs);
            return new Line(
                    scope, ceiling, own, null, dimension, take.under(own).in(then.startMs()), then.endMs());
        }
    }

    static List<Line> of(final ReferenceContext context) {
        return context.rules.asked(of(context, context.charges));
    }

    /** {@return under which ceilings what the operation may charge and the request does not would count} */
    static List<Line> unreserved(final ReferenceContext context, final OperationDef operation) {
        final Map<Integer, Long> others = new TreeMap<>();
        for (final ChargeDef charge : operation.charges()) {
            if (!context.charges.containsKey(charge.dimensionId())) {
                others.put(charge.dimensionId(), 1L);
            }
        }
        return of(context, others);
    }

    private static List<Line> of(final ReferenceContext context, final Map<Integer, Long> charges) {
        final List<Line> lines = new ArrayList<>();
        for (final ScopeDef scope : context.chain) {
            for (final CeilingDef ceiling : scope.holdings().ceilings()) {
                if (ceiling.eachLevel() == null) {
                    add(context, charges, lines, scope, scope, ceiling);
                }
            }
            // EACH: this scope's own share of what a scope above it in the directory defines for its level
            for (final ScopeDef above : above(context, scope)) {
                for (final CeilingDef ceiling : above.holdings().ceilings()) {
                    if (ceiling.eachLevel() == scope.level()) {
                        add(context, charges, lines, above, scope, ceiling);
                    }
                }
            }
        }
        return lines;
    }

    /** The directory above a scope, widest first; the plan is that of the organization's subscription; a key's owner comes last. */
    private static List<ScopeDef> above(final ReferenceContext context, final ScopeDef scope) {
        final LinkedList<ScopeDef> above = new LinkedList<>();
        final String start = scope.actor().boundProjectPath().isEmpty()
                ? scope.parentPath()
                : scope.actor().boundProjectPath();
        for (ScopeDef at = context.world.scope(start); at != null; at = context.world.scope(at.parentPath())) {
            above.addFirst(at);
            if (at.level() == ScopeLevel.ORGANIZATION) {
                plan(context, at).ifPresent(above::addFirst);
            }
        }
        if (scope.level() == ScopeLevel.ORGANIZATION) {
            plan(context, scope).ifPresent(above::addLast);
        }
        final ScopeDef owner = context.world.scope(scope.actor().ownerPath());
        if (owner != null) {
            above.addLast(owner);
        }
        return above;
    }

    private static Optional<ScopeDef> plan(final ReferenceContext context, final ScopeDef organization) {
        final SubscriptionDef subscription = organization.holdings().subscription();
        return subscription == null
                ? Optional.empty()
                : Optional.ofNullable(context.world.scope(subscription.planPath()));
    }

    private static void add(
            final ReferenceContext context,
            final Map<Integer, Long> charges,
            final List<Line> lines,
            final ScopeDef definedAt,
            final ScopeDef counts,
            final CeilingDef ceiling) {
        final long amount = charges.getOrDefault(ceiling.dimensionId(), 0L);
        if (amount == 0) {
            return;
        }
        final DimensionDef dimension = context.world.registry.dimensions().get(ceiling.dimensionId());
        // a counter lives as long as scope, id and window, and of a rate its numbers, stay
        final String numbers =
                dimension.kind() == DimensionKind.RATE ? ceiling.amount() + " " + ceiling.override() : "";
        final OverrideDef override = ceiling.override();
        final OverrideDef by =
                override != null && context.rules.inForce(override, context.nowEpochMs()) ? override : null;
        final CeilingDef.Amount limit = by == null ? ceiling.amount() : by.amount();
        final String cell =
                counts.path() + " " + definedAt.path() + " " + ceiling.id() + " " + ceiling.window() + numbers;
        final boolean soft = ceiling.enforcement() == Enforcement.SOFT;
        if (dimension.kind() == DimensionKind.PERIOD) {
            final ReferencePeriods period = context.rules.period(ceiling.window(), context.nowEpochMs());
            final ReferenceTake take = new ReferenceTake(
                    ReferenceTake.Kind.PERIOD,
                    cell,
                    period.startMs(),
                    amount,
                    soft,
                    ceiling.dimensionId(),
                    ceiling,
                    limit);
            lines.add(new Line(definedAt, ceiling, limit, by, dimension, take, period.endMs()));
        } else if (dimension.kind() != DimensionKind.RATE || !limit.unlimited()) {
            // a rate that lets everything through counts nothing
            final ReferenceTake.Kind kind =
                    dimension.kind() == DimensionKind.RATE ? ReferenceTake.Kind.RATE : ReferenceTake.Kind.GAUGE;
            final ReferenceTake take =
                    new ReferenceTake(kind, cell, 0, amount, soft, ceiling.dimensionId(), ceiling, limit);
            lines.add(new Line(definedAt, ceiling, limit, by, dimension, take, 0));
        }
    }
}
