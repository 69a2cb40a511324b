/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.DecideMode;
import io.tollgate.core.Outcome;
import io.tollgate.core.engine.Decision;
import io.tollgate.core.engine.DecisionWorker;
import io.tollgate.core.engine.EngineFixture;
import io.tollgate.core.explain.Explanation;
import io.tollgate.core.request.DecisionRequest;
import java.nio.file.Path;
import java.util.List;

/** Plays a sequence on the engine. */
final class EnginePlayer implements AutoCloseable {
    private final RandomWorld world;
    private final EngineFixture fixture;
    private final DecisionWorker worker;
    private final DecisionRequest request = new DecisionRequest();
    private final Decision decision = new Decision();
    private final Explanation explanation = new Explanation();
    private final EngineAnswers answers = new EngineAnswers();
    private int turn;

    EnginePlayer(final RandomWorld world, final Path directory) {
        this.world = world;
        fixture = new EngineFixture(directory, 1);
        worker = fixture.engine.newWorker();
    }

    /** {@return as {@link ReferencePlayer#play}} */
    Object play(final ReferenceCall.Step step) {
        turn++;
        fixture.clock.epochNs(step.nowNs());
        if (step.call() instanceof ReferenceCall.Activate activate) {
            fixture.activate(
                    turn,
                    world.registry,
                    world.policies.policies,
                    world.entitlementSets,
                    EngineAssets.scopes(world.scopes, activate.assets()),
                    world.maxAgeMs,
                    EngineAssets.books(activate.assets()));
        }
        fixture.refreshPeriods();
        fixture.ages(step.agesMs());
        if (step.call() instanceof ReferenceCall.Decide decide) {
            return decide(decide.request());
        }
        return List.of();
    }

    private Object decide(final ReferenceRequest asked) {
        EngineQuestions.fill(request, asked);
        worker.begin();
        try {
            if (turn % 7 == 0 && asked.mode() == DecideMode.CHECK) {
                worker.explain(request, decision, explanation);
                checkExplanation();
            } else {
                worker.decide(request, decision);
            }
            return answers.of(request, decision);
        } finally {
            worker.end();
        }
    }

    private void checkExplanation() {
        final long decisive = explanation.stages().stream()
                .filter(Explanation.StageLine::decisive)
                .count();
        if (explanation.stages().size() != 8 || decisive != (decision.outcome() == Outcome.DENY ? 1 : 0)) {
            throw new AssertionError(
                    "explain must show every stage, and one of them decisive on a deny: " + explanation);
        }
    }

    @Override
    public void close() {
        fixture.close();
    }
}
