/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy;

import com.google.protobuf.InvalidProtocolBufferException;
import io.tollgate.envoy.auth.v3.CheckRequest;
import io.tollgate.envoy.auth.v3.CheckResponse;
import io.tollgate.server.envoy.mapping.CheckFacts;
import io.tollgate.server.envoy.mapping.CheckSource;
import io.tollgate.server.envoy.mapping.Mapping;
import io.tollgate.server.envoy.mapping.MessageSource;
import io.tollgate.server.envoy.mapping.Refusal;
import io.tollgate.server.envoy.wire.WireCheck;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import io.tollgate.v1.ReasonClass;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Authorization/Check = Decide: a Check becomes a question, an answer becomes what Envoy does. Immutable, for all event loops; keeps
 * nothing
 * between the two.
 */
public final class ExtAuthz {
    private final Mapping mapping;
    private final CheckAnswer answers;
    private final LongSupplier epochMs;

    /**
     * What a Check comes to.
     *
     * @param rule     of the mapping; empty = none
     * @param question null = nothing is asked
     * @param refusal  the answer where there is no question: the request is refused; null = it passes, or is asked about
     * @param isGrpc   whether a gRPC client waits behind Envoy
     */
    public record Asked(
            String rule, @Nullable DecideRequest question, @Nullable DecideResponse refusal, boolean isGrpc) {
        /** {@return the same, the question known better} */
        public Asked about(final DecideRequest better) {
            return new Asked(rule, better, refusal, isGrpc);
        }
    }

    /**
     * Serves a mapping.
     *
     * @param epochMs milliseconds since 1970, for the time until a limit resets
     */
    public ExtAuthz(final Mapping mapping, final LongSupplier epochMs) {
        this.mapping = mapping;
        this.answers = new CheckAnswer(mapping.upstream());
        this.epochMs = epochMs;
    }

    /** {@return the mapping} */
    public Mapping mapping() {
        return mapping;
    }

    /** {@return whether the access log ends what is reserved for it} */
    public boolean settles(final Asked asked) {
        return mapping.settlement(asked.rule()) != null;
    }

    /** {@return the question in a Check} */
    public Asked read(final CheckRequest check) {
        return read(new MessageSource(check.getAttributes()));
    }

    /**
     * {@return the question in a Check's bytes}
     *
     * @param reader reused; forgets the message before this returns
     */
    public Asked read(final byte[] message, final WireCheck reader) {
        try {
            return reader.read(message) ? read(reader) : read(CheckRequest.parseFrom(message));
        } catch (final InvalidProtocolBufferException e) {
            return unreadable();
        } finally {
            reader.forget();
        }
    }

    private Asked read(final CheckSource check) {
        final CheckFacts facts = new CheckFacts(check);
        boolean isGrpc = false;
        try {
            isGrpc = facts.isGrpc();
            final Mapping.Question question = mapping.question(facts);
            return new Asked(question.rule(), question.request(), null, isGrpc);
        } catch (final Refusal refusal) {
            return new Asked("", null, refused(refusal), isGrpc);
        }
    }

    /** {@return what a Check that could not be read comes to} */
    public Asked unreadable() {
        return new Asked("", null, deny(Reason.REASON_INVALID_REQUEST, "The request cannot be read."), false);
    }

    private static DecideResponse refused(final Refusal refusal) {
        return deny(
                refusal.kind() == Refusal.Kind.NO_RULE ? Reason.REASON_UNKNOWN_ACTION : Reason.REASON_INVALID_REQUEST,
                refusal.message());
    }

    private static DecideResponse deny(final Reason reason, final String message) {
        return DecideResponse.newBuilder()
                .setOutcome(Outcome.OUTCOME_DENY)
                .setReason(reason)
                .setReasonClass(ReasonClass.REASON_CLASS_REQUEST)
                .setMessage(message)
                .build();
    }

    /**
     * {@return what Envoy does, as a message}
     *
     * @param answer to the question, or the refusal with its ids
     */
    public CheckResponse answer(final Asked asked, final DecideResponse answer) {
        final MessageAnswer message = new MessageAnswer();
        tell(asked, answer, message);
        return message.message();
    }

    /**
     * {@return the same as bytes}
     *
     * @param writer reused
     */
    public CheckBytes answer(final Asked asked, final DecideResponse answer, final WireAnswer writer) {
        tell(asked, answer, writer);
        return writer.bytes();
    }

    private void tell(final Asked asked, final DecideResponse answer, final AnswerSink to) {
        answers.tell(asked, answer.hasReservation() && settles(asked), answer, epochMs.getAsLong(), to);
    }

    /** {@return what Envoy does with a request that passes unasked, as a message} */
    public CheckResponse pass(final Asked asked) {
        final MessageAnswer message = new MessageAnswer();
        answers.passed(asked.rule(), message);
        return message.message();
    }

    /** {@return the same as bytes} */
    public CheckBytes pass(final Asked asked, final WireAnswer writer) {
        answers.passed(asked.rule(), writer);
        return writer.bytes();
    }
}
