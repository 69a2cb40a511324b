/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.DecideMode;
import io.tollgate.core.Plane;
import io.tollgate.core.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Section 8: many questions that stand or fall together, each judged as if those before it had been taken. */
final class ReferenceBatch {
    enum Mode {
        /** Would these fit together? Nothing is taken. */
        CUMULATIVE,
        /** All or none is taken. */
        ATOMIC
    }

    private final ReferenceWorld world;
    private final ReferenceLedger ledger;
    private final ReferenceReservations reservations;
    private final ReferenceRules rules;
    private final long nowNs;
    private final Map<Plane, Long> agesMs;

    ReferenceBatch(
            final ReferenceWorld world,
            final ReferenceLedger ledger,
            final ReferenceReservations reservations,
            final ReferenceRules rules,
            final long nowNs,
            final Map<Plane, Long> agesMs) {
        this.world = world;
        this.ledger = ledger;
        this.reservations = reservations;
        this.rules = rules;
        this.nowNs = nowNs;
        this.agesMs = agesMs;
    }

    List<ReferenceAnswer> decide(final Mode mode, final List<ReferenceRequest> requests, final String name) {
        // tried on a copy first: what is denied must have taken nothing
        final ReferenceLedger trial = ledger.copy();
        final List<ReferenceAnswer> judged = new ArrayList<>();
        for (final ReferenceRequest request : requests) {
            judged.add(one(mode, request, trial, new ReferenceContext(world, request, rules, nowNs)));
        }
        if (mode == Mode.CUMULATIVE) {
            return judged;
        }
        final boolean all = judged.stream().allMatch(ReferenceAnswer::allowed);
        if (!all && !rules.atomicTakesPart()) {
            return judged.stream()
                    .map(answer -> answer.allowed() ? ReferenceAnswer.deny(Reason.BATCH_DENIED) : answer)
                    .toList();
        }
        final List<ReferenceAnswer> taken = new ArrayList<>();
        for (int i = 0; i < requests.size(); i++) {
            final ReferenceContext context = new ReferenceContext(world, requests.get(i), rules, nowNs);
            ReferenceAnswer answer = one(mode, requests.get(i), ledger, context);
            if (answer.allowed() && requests.get(i).mode() == DecideMode.RESERVE) {
                answer = answer.with(reservations.open(context, name + "." + i));
            }
            taken.add(answer);
        }
        return taken;
    }

    private ReferenceAnswer one(
            final Mode mode,
            final ReferenceRequest request,
            final ReferenceLedger from,
            final ReferenceContext context) {
        final boolean form = request.options().allowPartial()
                || !request.options().idempotencyKey().isEmpty()
                || mode == Mode.ATOMIC && request.mode() == DecideMode.CHECK;
        final Reason reason = form ? Reason.INVALID_REQUEST : ReferenceRequestStage.evaluate(context);
        if (reason != Reason.OK) {
            return ReferenceDecision.denied(context, reason);
        }
        if (mode == Mode.ATOMIC) {
            return ReferenceDecision.decide(context, from, agesMs, true);
        }
        final ReferenceAnswer answer = ReferenceDecision.decide(context, from, agesMs, false);
        if (answer.allowed()) {
            context.takes.forEach(take -> from.take(take, nowNs));
        }
        return answer;
    }
}
