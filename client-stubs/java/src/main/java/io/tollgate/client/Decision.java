/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.client;

import io.tollgate.v1.CeilingState;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.Obligation;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import io.tollgate.v1.ReasonClass;
import io.tollgate.v1.Usage;
import io.tollgate.v1.Warning;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * May the caller go on, and why. Immutable.
 *
 * <p>Either the sidecar's answer, or a DENY with reason UNREACHABLE that the client made because there was none
 * ({@link #fromSidecar()} is false and {@link #cause()} says why). An allowed decision is always the sidecar's.
 *
 * <pre>{@code
 * Decision decision = client.decide(request);
 * if (!decision.allowed()) {
 *     decision.retryAfter().ifPresent(wait -> response.header("Retry-After", wait.toSeconds() + 1));
 *     throw new Refused(decision.reason(), decision.message());
 * }
 * }</pre>
 */
public final class Decision {
    private final DecideResponse response;
    private final @Nullable TransportFailure cause;

    /** Only {@link Answers} makes decisions: it lets nothing unchecked become an allowed one. */
    Decision(DecideResponse response, @Nullable TransportFailure cause) {
        this.response = response;
        this.cause = cause;
    }

    /** True for ALLOW and WARN: go on. With WARN, show {@link #warnings()} to somebody. */
    public boolean allowed() {
        return cause == null && (outcome() == Outcome.OUTCOME_ALLOW || outcome() == Outcome.OUTCOME_WARN);
    }

    /** ALLOW, WARN or DENY; never anything else. */
    public Outcome outcome() {
        return response.getOutcome();
    }

    /**
     * The one reason; UNRECOGNIZED where the sidecar is newer than this client ({@link #reasonClass()} may still be
     * known).
     */
    public Reason reason() {
        return response.getReason();
    }

    /** Which of the questions said no: POLICY, ENTITLEMENT, QUOTA, CREDIT, CAPACITY, FRESHNESS, REQUEST or SYSTEM. */
    public ReasonClass reasonClass() {
        return response.getReasonClass();
    }

    /** Safe to show to a user. */
    public String message() {
        return response.getMessage();
    }

    /**
     * How long until the same request may pass if nothing else arrives; empty when unknown or when waiting never helps.
     */
    public Optional<Duration> retryAfter() {
        final long retryAfterNs = response.getRetryAfterNs();
        return retryAfterNs > 0 ? Optional.of(Duration.ofNanos(retryAfterNs)) : Optional.empty();
    }

    /** Waiting never helps: the amount is above the limit, or a rule has to change. */
    public boolean retryNever() {
        return response.getRetryNever();
    }

    /** The ceiling that denied, or the one with the least room left, with the scope it is inherited from. */
    public Optional<CeilingState> bindingCeiling() {
        return response.hasBindingCeiling() ? Optional.of(response.getBindingCeiling()) : Optional.empty();
    }

    /** What to show to somebody although it may go on. */
    public List<Warning> warnings() {
        return response.getWarningsList();
    }

    /** What an allowed caller has to respect: configuration and static values of the feature. */
    public List<Obligation> obligations() {
        return response.getObligationsList();
    }

    /**
     * What was granted, per usage of the request; less than asked only with
     * {@link DecisionRequestBuilder#allowPartial()}.
     */
    public List<Usage> granted() {
        return response.getGrantedList();
    }

    /** The reservation to settle or release, of an allowed RESERVE. */
    public Optional<String> reservationId() {
        return response.hasReservation() && !response.getReservation().getId().isEmpty()
                ? Optional.of(response.getReservation().getId())
                : Optional.empty();
    }

    /** The name of this decision in the sidecar's decision log; empty if it was not the sidecar's. */
    public String decisionId() {
        return response.getDecisionId();
    }

    /** False if the client made this DENY because no answer could be had or trusted. */
    public boolean fromSidecar() {
        return cause == null;
    }

    /** Why there is no answer of the sidecar. For logs, not for users. */
    public Optional<TransportFailure> cause() {
        return Optional.ofNullable(cause);
    }

    /**
     * The whole answer: matched rules, evidence, cost, explanation. Where the client made the answer, it is that DENY
     * as a message.
     */
    public DecideResponse raw() {
        return response;
    }

    @Override
    public String toString() {
        return "Decision[" + outcome() + " " + reason() + ": " + message()
                + (cause == null ? "" : " (" + cause.getMessage() + ")") + "]";
    }
}
