/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.DecideMode;
import io.tollgate.core.explain.CostView;
import io.tollgate.core.explain.Explanation;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.Field;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Asks an engine over a {@link CreditWorld}. */
abstract class CreditTestBase {
    @TempDir
    Path directory;

    final DecisionRequest request = new DecisionRequest();
    final Decision decision = new Decision();
    EngineFixture fixture;
    DecisionWorker worker;
    /** Of the decision made last; null when nothing is known of its cost. */
    @Nullable
    CostView cost;

    String message = "";
    private final UserMessages messages = new UserMessages();
    private final DecisionViews views = new DecisionViews();

    @BeforeEach
    void start() {
        fixture = new EngineFixture(directory, 3);
        worker = fixture.engine.newWorker();
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    void activate(final CreditWorld world) {
        world.activate(
                fixture,
                1
                        + (fixture.worlds.current() == null
                                ? 0
                                : Objects.requireNonNull(fixture.worlds.current())
                                        .facts()
                                        .version()));
    }

    /** {@return "OUTCOME REASON" of a question of ada in project rag} */
    String ask(final DecideMode mode, final long tokens) {
        return ask(mode, "invoke", tokens);
    }

    String consume(final long tokens) {
        return ask(DecideMode.CONSUME, tokens);
    }

    String check(final long tokens) {
        return ask(DecideMode.CHECK, tokens);
    }

    String ask(final DecideMode mode, final String action, final long tokens) {
        fill(mode, action, tokens);
        return decide();
    }

    void fill(final DecideMode mode, final String action, final long tokens) {
        request.reset()
                .mode(mode)
                .set(Field.ORGANIZATION, "acme")
                .set(Field.PROJECT, "rag")
                .set(Field.ACTOR_TYPE, "user")
                .set(Field.ACTOR_ID, "ada")
                .set(Field.PRODUCT, "llm")
                .set(Field.RESOURCE_TYPE, "model")
                .set(Field.ACTION, action);
        if (tokens > 0) {
            request.addUsage(tokens, "token");
        }
    }

    String decide() {
        worker.begin();
        worker.decide(request, decision);
        cost = views.cost(decision);
        message = messages.of(request, decision);
        final String warnings = java.util.stream.IntStream.range(
                        0, decision.warnings().size())
                .mapToObj(i -> " " + decision.warnings().reason(i) + "/"
                        + decision.warnings().severity(i))
                .collect(Collectors.joining());
        worker.end();
        return decision.outcome() + " " + decision.reason() + warnings;
    }

    /** {@return what an operator reads of stage CREDIT} */
    String explain() {
        final Explanation explanation = new Explanation();
        worker.begin();
        worker.explain(request, decision, explanation);
        worker.end();
        return explanation.stages().stream()
                .filter(line -> line.stage() == io.tollgate.core.Stage.CREDIT)
                .map(line -> line.reason() + ": " + line.detail())
                .findFirst()
                .orElse("");
    }

    CostView cost() {
        return Objects.requireNonNull(cost, "the cost is not known");
    }

    String shares() {
        return cost().shares().stream()
                .map(share -> share.trancheId() + "=" + share.amount())
                .collect(Collectors.joining(" "));
    }

    long used(final String walletId) {
        return fixture.cells.readGauge(fixture.walletCell("org:acme", walletId, "usd"));
    }
}
