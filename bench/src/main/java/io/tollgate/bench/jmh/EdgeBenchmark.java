/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.jmh;

import com.google.protobuf.InvalidProtocolBufferException;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.examples.generator.GeneratedRequests;
import io.tollgate.examples.generator.PrincipalDraw;
import io.tollgate.server.decide.EngineEvaluator;
import io.tollgate.server.decide.RequestReader;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.Outcome;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What the sidecar does around a decision, from the bytes of a request to the bytes of its answer, without the transport. Zipf draws. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 3, jvmArgsAppend = "-Xmx4g")
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class EdgeBenchmark {

    /** Serialized requests and what answers them. */
    @State(Scope.Thread)
    @SuppressWarnings("NullAway.Init") // JMH calls draw() first
    public static class Edge {
        private static final int REQUESTS = 1 << 12;

        final RequestReader reader = new RequestReader();
        final DecisionRequest request = new DecisionRequest();
        byte[][] messages;
        DecideRequest parsed;
        DecideResponse answer;
        EngineEvaluator evaluator;
        private int at;

        /** Draws. */
        @Setup(Level.Trial)
        public void draw(final WorldState state) {
            final GeneratedRequests maker = new GeneratedRequests(state.bench.shape());
            final PrincipalDraw principals =
                    PrincipalDraw.zipf(state.bench.shape().principals(), 1);
            messages = new byte[REQUESTS][];
            for (int i = 0; i < REQUESTS; i++) {
                messages[i] = maker.byKey(principals.next()).toByteArray();
            }
            parsed = maker.byKey(0);
            evaluator = new EngineEvaluator(state.bench.newWorker(), "bench");
            reader.read(parsed, request);
            answer = answerOf(this);
            if (answer.getOutcome() != Outcome.OUTCOME_ALLOW) {
                throw new IllegalStateException("not allowed: " + answer);
            }
        }

        byte[] next() {
            return messages[at++ & REQUESTS - 1];
        }
    }

    private static DecideResponse answerOf(final Edge edge) {
        final DecideResponse.Builder response = DecideResponse.newBuilder();
        edge.evaluator.begin();
        edge.evaluator.answer(edge.request, false, response);
        edge.evaluator.end();
        return response.build();
    }

    /** All of it. */
    @Benchmark
    public byte[] all(final Edge edge) throws InvalidProtocolBufferException {
        edge.reader.read(DecideRequest.parseFrom(edge.next()), edge.request);
        return answerOf(edge).toByteArray();
    }

    /** Bytes to message, which the empty server pays too. */
    @Benchmark
    public DecideRequest parse(final Edge edge) throws InvalidProtocolBufferException {
        return DecideRequest.parseFrom(edge.next());
    }

    /** Message to the engine's request, always the same. */
    @Benchmark
    public DecisionRequest read(final Edge edge) {
        edge.reader.read(edge.parsed, edge.request);
        return edge.request;
    }

    /** Decision and answer message, always of the same principal. */
    @Benchmark
    public DecideResponse decideAndAnswer(final Edge edge) {
        return answerOf(edge);
    }

    /** A fresh answer message to bytes; copying it first costs a little, too. */
    @Benchmark
    public byte[] serialize(final Edge edge) {
        return edge.answer.toBuilder().build().toByteArray();
    }
}
