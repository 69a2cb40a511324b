/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.ratelimit;

import io.tollgate.server.envoy.mapping.LimitQuestion;
import io.tollgate.server.envoy.mapping.LimitQuestion.Kind;
import io.tollgate.v1.DecideMode;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The descriptors of one request and what became of them. A request of which one descriptor is over the limit takes nothing of what the
 * others take all or nothing of; so what can only say no is asked first. Used once, by one thread.
 *
 * <ol>
 * <li>What is refused without a question.
 * <li>Those that only ask (no hits, shadow).
 * <li>Hits that have happened already: taken as far as there is room, whatever becomes of the rest.
 * <li>Those that take, all in one step; when it is clear that the request is over the limit, they are only looked at.
 * <li>Those that give back, when the request passes.
 * </ol>
 */
final class Judged {
    private final LimitDecisions decisions;
    private final LimitQuestion[] asked;
    private final @Nullable DecideResponse[] answers;
    private final LimitCounts.Code[] codes;
    private boolean shut;

    Judged(final LimitDecisions decisions, final List<LimitQuestion> questions) {
        this.decisions = decisions;
        asked = questions.toArray(new LimitQuestion[0]);
        answers = new DecideResponse[asked.length];
        codes = new LimitCounts.Code[asked.length];
    }

    Judged run() {
        refuse();
        each(Kind.CHECK);
        each(Kind.TAKE_REST);
        take();
        each(Kind.REFUND);
        return this;
    }

    int size() {
        return asked.length;
    }

    /** {@return whether the request is over the limit} */
    boolean isOver() {
        return shut;
    }

    LimitQuestion question(final int index) {
        return asked[index];
    }

    /** {@return the answer; null = nothing was asked} */
    @Nullable
    DecideResponse answer(final int index) {
        return answers[index];
    }

    LimitCounts.Code code(final int index) {
        return codes[index];
    }

    private void refuse() {
        for (int i = 0; i < asked.length; i++) {
            switch (asked[i].kind()) {
                case UNLIMITED, PASSES -> codes[i] = LimitCounts.Code.OK;
                case REFUSED ->
                    answered(i, decisions.refused(Refusals.of(Objects.requireNonNull(asked[i].refusal()))), true);
                default -> codes[i] = LimitCounts.Code.OVER_LIMIT;
            }
        }
    }

    private void each(final Kind kind) {
        for (int i = 0; i < asked.length; i++) {
            if (asked[i].kind() != kind) {
                continue;
            }
            if (kind == Kind.REFUND && shut) {
                codes[i] = LimitCounts.Code.NOT_TAKEN;
                continue;
            }
            final DecideRequest question = ask(i);
            final DecideResponse answer = kind == Kind.REFUND ? decisions.refund(question) : decisions.decide(question);
            answered(i, answer, !allowed(answer) || kind == Kind.TAKE_REST && isShort(question, answer));
        }
    }

    private void take() {
        final List<Integer> takers = new ArrayList<>();
        final List<DecideRequest> questions = new ArrayList<>();
        for (int i = 0; i < asked.length; i++) {
            if (asked[i].kind() == Kind.TAKE) {
                takers.add(i);
                questions.add(shut ? looking(ask(i)) : ask(i));
            }
        }
        if (takers.isEmpty()) {
            return;
        }
        final boolean take = !shut;
        final List<DecideResponse> told =
                takers.size() == 1 ? List.of(decisions.decide(questions.get(0))) : decisions.together(questions, take);
        if (told.size() != takers.size()) {
            throw new IllegalStateException(told.size() + " answers to " + takers.size() + " questions");
        }
        boolean taken = take;
        for (final DecideResponse answer : told) {
            taken &= allowed(answer);
        }
        for (int i = 0; i < told.size(); i++) {
            final DecideResponse answer = told.get(i);
            final boolean over = !allowed(answer) && answer.getReason() != Reason.REASON_BATCH_DENIED;
            answered(takers.get(i), answer, over);
            if (!over && !taken) {
                codes[takers.get(i)] = LimitCounts.Code.NOT_TAKEN;
            }
        }
        shut |= !taken;
    }

    private void answered(final int index, final DecideResponse answer, final boolean over) {
        answers[index] = answer;
        if (asked[index].shadow()) {
            codes[index] = over ? LimitCounts.Code.SHADOW_OVER_LIMIT : LimitCounts.Code.SHADOW_OK;
            return;
        }
        codes[index] = over
                ? LimitCounts.Code.OVER_LIMIT
                : asked[index].kind() == Kind.REFUND ? LimitCounts.Code.REFUNDED : LimitCounts.Code.OK;
        shut |= over;
    }

    private DecideRequest ask(final int index) {
        return Objects.requireNonNull(asked[index].question());
    }

    private static DecideRequest looking(final DecideRequest question) {
        return question.toBuilder().setMode(DecideMode.DECIDE_MODE_CHECK).build();
    }

    static boolean allowed(final DecideResponse answer) {
        return answer.getOutcome() == Outcome.OUTCOME_ALLOW || answer.getOutcome() == Outcome.OUTCOME_WARN;
    }

    private static boolean isShort(final DecideRequest question, final DecideResponse answer) {
        return answer.getGrantedCount() == 0
                || answer.getGranted(0).getAmount() < question.getUsage(0).getAmount();
    }
}
