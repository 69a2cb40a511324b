/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.load;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.grpc.MethodDescriptor;
import io.tollgate.envoy.auth.v3.CheckResponse;
import io.tollgate.v1.DecideBatchResponse;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;

/**
 * What the client keeps of an answer: outcome and reason of each decision in it. The rest is skipped: building the whole message would
 * cost the client more than the server spends on deciding.
 */
final class Answer {
    private static final int INITIAL = 32;
    private static final int REASON_BITS = 16;

    private int[] codes;
    private int count;

    private Answer(final int capacity) {
        codes = new int[capacity];
    }

    /** {@return how many decisions it holds} */
    int size() {
        return count;
    }

    /** {@return number of the outcome, as in tollgate.v1.Outcome} */
    int outcome(final int index) {
        return codes[index] >>> REASON_BITS;
    }

    /** {@return number of the reason, as in tollgate.v1.Reason} */
    int reason(final int index) {
        return codes[index] & (1 << REASON_BITS) - 1;
    }

    private void add(final int code) {
        if (count == codes.length) {
            codes = Arrays.copyOf(codes, count * 2);
        }
        codes[count++] = code;
    }

    /** {@return reads a DecideResponse} */
    static MethodDescriptor.Marshaller<Answer> ofDecision() {
        return new Reader(Kind.DECISION);
    }

    /** {@return reads a DecideBatchResponse} */
    static MethodDescriptor.Marshaller<Answer> ofBatch() {
        return new Reader(Kind.BATCH);
    }

    /** {@return reads a CheckResponse: ALLOW / OK, or DENY without a reason} */
    static MethodDescriptor.Marshaller<Answer> ofCheck() {
        return new Reader(Kind.CHECK);
    }

    private enum Kind {
        DECISION,
        BATCH,
        CHECK
    }

    private static final class Reader implements MethodDescriptor.Marshaller<Answer> {
        private final Kind kind;

        Reader(final Kind kind) {
            this.kind = kind;
        }

        @Override
        public InputStream stream(final Answer value) {
            throw new UnsupportedOperationException("only receives");
        }

        @Override
        public Answer parse(final InputStream stream) {
            try {
                final CodedInputStream in = CodedInputStream.newInstance(stream);
                final Answer answer = new Answer(kind == Kind.BATCH ? INITIAL : 1);
                switch (kind) {
                    case BATCH -> readBatch(in, answer);
                    case CHECK -> answer.add(check(in));
                    default -> answer.add(decision(in));
                }
                return answer;
            } catch (final IOException e) {
                throw new UncheckedIOException("the answer is no valid message", e);
            }
        }

        private static void readBatch(final CodedInputStream in, final Answer answer) throws IOException {
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (WireFormat.getTagFieldNumber(tag) == DecideBatchResponse.RESPONSES_FIELD_NUMBER) {
                    final int outer = in.pushLimit(in.readRawVarint32());
                    answer.add(decision(in));
                    in.popLimit(outer);
                } else {
                    in.skipField(tag);
                }
            }
        }

        private static int check(final CodedInputStream in) throws IOException {
            boolean hasOk = false;
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                hasOk |= WireFormat.getTagFieldNumber(tag) == CheckResponse.OK_RESPONSE_FIELD_NUMBER;
                in.skipField(tag);
            }
            return hasOk
                    ? Outcome.OUTCOME_ALLOW_VALUE << REASON_BITS | Reason.REASON_OK_VALUE
                    : Outcome.OUTCOME_DENY_VALUE << REASON_BITS;
        }

        private static int decision(final CodedInputStream in) throws IOException {
            int outcome = 0;
            int reason = 0;
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                switch (WireFormat.getTagFieldNumber(tag)) {
                    case DecideResponse.OUTCOME_FIELD_NUMBER -> outcome = in.readEnum();
                    case DecideResponse.REASON_FIELD_NUMBER -> reason = in.readEnum();
                    default -> in.skipField(tag);
                }
            }
            return outcome << REASON_BITS | reason;
        }
    }
}
