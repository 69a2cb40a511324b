/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.warmup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.tollgate.core.engine.DecisionWorker;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.server.decide.EngineEvaluator;
import io.tollgate.server.decide.RequestReader;
import io.tollgate.server.support.TestSnapshots;
import io.tollgate.v1.DecideMode;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.ReasonClass;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WarmUpQuestionsTest {
    @TempDir
    Path directory;

    @Test
    void shouldAskWhatTheWorldKnowsSoThatEveryStageIsWarm() throws Exception {
        try (TestSnapshots snapshots = new TestSnapshots(directory, 2)) {
            snapshots.activate(1);
            final DecisionWorker sampler = snapshots.engine.newWorker();
            final List<DecideRequest> questions = WarmUpQuestions.of(Objects.requireNonNull(sampler.begin()));
            sampler.end();

            assertEquals(10, questions.size(), "five operations for each of the two active users");
            assertEquals(
                    Set.of("ann", "eve"),
                    questions.stream()
                            .map(question -> question.getActor().getId())
                            .collect(Collectors.toSet()));
            final EngineEvaluator evaluator = new EngineEvaluator(snapshots.engine.newWorker(), "edge-1");
            final DecisionRequest request = new DecisionRequest();
            for (final DecideRequest question : questions) {
                assertEquals(DecideMode.DECIDE_MODE_CHECK, question.getMode());
                new RequestReader().read(question, request);
                final DecideResponse.Builder answer = DecideResponse.newBuilder();
                evaluator.begin();
                evaluator.answer(request, false, answer);
                evaluator.end();
                assertNotEquals(ReasonClass.REASON_CLASS_REQUEST, answer.getReasonClass(), answer.toString());
            }
        }
    }
}
