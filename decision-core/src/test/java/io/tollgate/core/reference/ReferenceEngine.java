/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.DecideMode;
import io.tollgate.core.Plane;
import io.tollgate.core.Reason;
import io.tollgate.core.ScopeLevel;
import io.tollgate.core.world.def.ScopeDef;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The whole model: what is asked, in the order in which it is asked. */
public final class ReferenceEngine {
    private final ReferenceRules rules;
    private final ReferenceLedger ledger = new ReferenceLedger();
    private final ReferenceReservations reservations;
    private final ReferenceKeys keys = new ReferenceKeys();
    private ReferenceWorld world;
    private boolean repeated;

    public ReferenceEngine(final ReferenceWorld world) {
        this(world, new ReferenceRules());
    }

    ReferenceEngine(final ReferenceWorld world, final ReferenceRules rules) {
        this.world = world;
        this.rules = rules;
        reservations = new ReferenceReservations(ledger, rules);
    }

    /** Another snapshot; counters and reservations stay. */
    void activate(final ReferenceWorld next) {
        world = next;
    }

    /** Time has come to now. */
    void advance(final long nowNs) {
        repeated = false;
        reservations.advance(world, nowNs);
        keys.advance(reservations, Math.floorDiv(nowNs, 1_000_000L));
    }

    /** A single question; name is the id that a reservation gets. */
    ReferenceAnswer decide(
            final ReferenceRequest request, final String name, final long nowNs, final Map<Plane, Long> agesMs) {
        final ReferenceContext context = new ReferenceContext(world, request, rules, nowNs);
        final Reason reason = ReferenceRequestStage.evaluate(context);
        if (reason != Reason.OK) {
            return ReferenceDecision.denied(context, reason);
        }
        final boolean takes = request.mode() != DecideMode.CHECK;
        final String key = takes ? request.options().idempotencyKey() : "";
        final Object parameters = ReferenceKeys.Parameters.of(request);
        final ReferenceAnswer first = first(organization(context), key, parameters);
        if (first != null) {
            return first;
        }
        ReferenceAnswer answer = ReferenceDecision.decide(context, ledger, agesMs, takes);
        if (answer.allowed() && request.mode() == DecideMode.RESERVE) {
            answer = answer.with(reservations.open(context, name));
        }
        remember(context, key, parameters, answer);
        return answer;
    }

    /** Gives back what a request would take; who may not ask for it may not give it back. */
    ReferenceAnswer refund(final ReferenceRequest request, final long nowNs, final Map<Plane, Long> agesMs) {
        final ReferenceContext context = new ReferenceContext(world, request.in(DecideMode.CHECK), rules, nowNs);
        context.refunds = true;
        final Reason reason = ReferenceRequestStage.evaluate(context);
        return reason == Reason.OK
                ? ReferenceDecision.refund(context, ledger, agesMs)
                : ReferenceDecision.denied(context, reason);
    }

    /** More for a reservation: evaluated as a RESERVE of the added usages by the same actor in the same place. */
    ReferenceAnswer extend(
            final String id,
            final List<ReferenceRequest.Usage> added,
            final ReferenceRequest.Options options,
            final long nowNs,
            final Map<Plane, Long> agesMs) {
        final ReferenceReservation reservation = reservations.find(id);
        if (reservation == null) {
            return ReferenceAnswer.deny(Reason.INVALID_REQUEST);
        }
        final String key = options.idempotencyKey();
        final Object parameters = List.of(id, added, options.ttlMs());
        if (reservation.state != ReferenceReservation.State.OPEN) {
            // it may be the repetition of one that came while it was open
            final ReferenceAnswer before = first(reservation.organization, key, parameters);
            return before == null ? ReferenceAnswer.deny(Reason.INVALID_REQUEST) : before;
        }
        final ReferenceRequest request = reservation.request.extending(added, options);
        final ReferenceContext context = new ReferenceContext(world, request, rules, nowNs);
        context.chargesConstants = rules.extendChargesConstants();
        final Reason reason = ReferenceRequestStage.evaluate(context);
        if (reason != Reason.OK) {
            return ReferenceDecision.denied(context, reason);
        }
        final ReferenceAnswer first = first(organization(context), key, parameters);
        if (first != null) {
            return first;
        }
        ReferenceAnswer answer = ReferenceDecision.decide(context, ledger, agesMs, true);
        if (answer.allowed()) {
            answer = answer.with(reservations.extend(reservation, context, options.ttlMs()));
        }
        remember(context, key, parameters, answer);
        return answer;
    }

    ReferenceReservations.Ending settle(final String id, final List<ReferenceRequest.Usage> actual, final long nowNs) {
        return reservations.settle(world, id, actual, nowNs);
    }

    ReferenceReservations.Ending release(final String id, final long nowNs) {
        return reservations.release(world, id, nowNs);
    }

    /** Many questions at one moment. */
    List<ReferenceAnswer> batch(
            final ReferenceBatch.Mode mode,
            final List<ReferenceRequest> requests,
            final String name,
            final long nowNs,
            final Map<Plane, Long> agesMs) {
        return new ReferenceBatch(world, ledger, reservations, rules, nowNs, agesMs).decide(mode, requests, name);
    }

    private @Nullable ReferenceAnswer first(final String organization, final String key, final Object parameters) {
        repeated = false;
        if (key.isEmpty() || rules.chargesRepeats()) {
            return null;
        }
        final ReferenceAnswer first = keys.first(organization, key, parameters);
        repeated = first != null && first.allowed();
        return first;
    }

    /** {@return whether the last answer was given before, to the same key} */
    boolean repeated() {
        return repeated;
    }

    /** {@return whether a reservation is open or still remembered} */
    boolean knows(final String reservation) {
        return reservations.find(reservation) != null;
    }

    private void remember(
            final ReferenceContext context, final String key, final Object parameters, final ReferenceAnswer answer) {
        if (!key.isEmpty() && answer.allowed()) {
            keys.remember(organization(context), key, parameters, answer, context.nowEpochMs());
        }
    }

    static String organization(final ReferenceContext context) {
        return context.chain.stream()
                .filter(scope -> scope.level() == ScopeLevel.ORGANIZATION)
                .map(ScopeDef::path)
                .findAny()
                .orElseThrow();
    }
}
