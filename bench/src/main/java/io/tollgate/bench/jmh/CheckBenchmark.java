/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.jmh;

import com.google.protobuf.InvalidProtocolBufferException;
import io.tollgate.bench.world.GeneratedChecks;
import io.tollgate.envoy.auth.v3.CheckRequest;
import io.tollgate.envoy.auth.v3.CheckResponse;
import io.tollgate.examples.generator.PrincipalDraw;
import io.tollgate.server.config.SidecarConfig;
import io.tollgate.server.decide.EngineEvaluator;
import io.tollgate.server.decide.FaultLog;
import io.tollgate.server.decide.LocalDecisions;
import io.tollgate.server.envoy.ExtAuthz;
import io.tollgate.server.envoy.WireAnswer;
import io.tollgate.server.envoy.mapping.MappingReader;
import io.tollgate.server.envoy.wire.WireCheck;
import io.tollgate.v1.DecideResponse;
import java.util.Objects;
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

/**
 * What the sidecar does for a Check of Envoy, from the bytes that were recorded to the bytes of the answer, without the transport: by way
 * of generated messages, and from the bytes. Zipf draws. {@code -prof gc} says what is allocated, which no busy machine changes.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 3, jvmArgsAppend = "-Xmx4g")
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class CheckBenchmark {

    /** Serialized Checks and what answers them. */
    @State(Scope.Thread)
    @SuppressWarnings("NullAway.Init") // JMH calls draw() first
    public static class Gate {
        private static final int REQUESTS = 1 << 12;

        final ExtAuthz ext =
                new ExtAuthz(MappingReader.read(GeneratedChecks.mapping(), "mapping.yaml"), System::currentTimeMillis);
        final WireCheck wire = new WireCheck();
        final WireAnswer writer = new WireAnswer();
        byte[][] messages;
        LocalDecisions decisions;
        ExtAuthz.Asked asked;
        DecideResponse answer;
        private int at;

        /** Draws. */
        @Setup(Level.Trial)
        public void draw(final WorldState state) {
            final GeneratedChecks maker = new GeneratedChecks(state.bench.shape());
            final PrincipalDraw principals =
                    PrincipalDraw.zipf(state.bench.shape().principals(), 1);
            messages = new byte[REQUESTS][];
            for (int i = 0; i < REQUESTS; i++) {
                messages[i] = maker.check(principals.next()).toByteArray();
            }
            decisions = new LocalDecisions(
                    SidecarConfig.builder().set("trust.unsigned", "allow").build(),
                    "boot",
                    new EngineEvaluator(state.bench.newWorker(), "bench"),
                    new FaultLog(System.getLogger("tollgate.bench"), System::nanoTime));
            asked = ext.read(messages[0], wire);
            answer = decisions.decide(Objects.requireNonNull(asked.question()));
            if (!ext.answer(asked, answer).hasOkResponse()) {
                throw new IllegalStateException("not allowed: " + answer);
            }
        }

        byte[] next() {
            return messages[at++ & REQUESTS - 1];
        }

        DecideResponse decide(final ExtAuthz.Asked question) {
            return decisions.decide(Objects.requireNonNull(question.question()));
        }
    }

    /** All of it, by way of generated messages. */
    @Benchmark
    public byte[] allByMessages(final Gate gate) throws InvalidProtocolBufferException {
        final ExtAuthz.Asked asked = gate.ext.read(CheckRequest.parseFrom(gate.next()));
        return gate.ext.answer(asked, gate.decide(asked)).toByteArray();
    }

    /** All of it, as it is served. */
    @Benchmark
    public byte[] all(final Gate gate) {
        final ExtAuthz.Asked asked = gate.ext.read(gate.next(), gate.wire);
        return gate.ext.answer(asked, gate.decide(asked), gate.writer).message();
    }

    /** Bytes to message, which the empty server pays too. */
    @Benchmark
    public CheckRequest parseMessage(final Gate gate) throws InvalidProtocolBufferException {
        return CheckRequest.parseFrom(gate.next());
    }

    /** Bytes to where things stand in them. */
    @Benchmark
    public boolean scan(final Gate gate) {
        return gate.wire.read(gate.next());
    }

    /** Bytes to question. */
    @Benchmark
    public ExtAuthz.Asked read(final Gate gate) {
        return gate.ext.read(gate.next(), gate.wire);
    }

    /** Question to answer, always the same. */
    @Benchmark
    public DecideResponse decide(final Gate gate) {
        return gate.decide(gate.asked);
    }

    /** Answer to what Envoy does, as a message. */
    @Benchmark
    public CheckResponse answer(final Gate gate) {
        return gate.ext.answer(gate.asked, gate.answer);
    }

    /** The same as bytes, by way of the message. */
    @Benchmark
    public byte[] answerByMessage(final Gate gate) {
        return gate.ext.answer(gate.asked, gate.answer).toByteArray();
    }

    /** The same as bytes, as it is served. */
    @Benchmark
    public byte[] answerBytes(final Gate gate) {
        return gate.ext.answer(gate.asked, gate.answer, gate.writer).message();
    }
}
