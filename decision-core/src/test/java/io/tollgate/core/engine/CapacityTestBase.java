/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.DecideMode;
import io.tollgate.core.explain.Explanation;
import io.tollgate.core.explain.PoolView;
import io.tollgate.core.request.AttributeGroup;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.Field;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Asks an engine over a {@link CapacityWorld}. */
abstract class CapacityTestBase {
    @TempDir
    Path directory;

    final DecisionRequest request = new DecisionRequest();
    final Decision decision = new Decision();
    EngineFixture fixture;
    DecisionWorker worker;
    final List<PoolView> pools = new ArrayList<>();
    String message = "";
    private long version;
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

    void activate(final CapacityWorld world) {
        world.activate(fixture, ++version);
    }

    static DecisionRequest fill(final DecisionRequest request, final DecideMode mode, final long gpus) {
        request.reset()
                .mode(mode)
                .set(Field.ORGANIZATION, "acme")
                .set(Field.PROJECT, "rag")
                .set(Field.ACTOR_TYPE, "user")
                .set(Field.ACTOR_ID, "ada")
                .set(Field.PRODUCT, "compute")
                .set(Field.RESOURCE_TYPE, "gpu")
                .set(Field.ACTION, "launch")
                .addUsage(gpus, "gpu");
        request.attributes().text(AttributeGroup.RESOURCE, "region", "eu-1");
        return request;
    }

    /** {@return "OUTCOME REASON" and the pool that serves, of a launch by ada in project rag in region eu-1} */
    String launch(final long gpus) {
        fill(request, DecideMode.CONSUME, gpus);
        return decide();
    }

    String check(final long gpus) {
        fill(request, DecideMode.CHECK, gpus);
        return decide();
    }

    String decide() {
        worker.begin();
        worker.decide(request, decision);
        pools.clear();
        final StringBuilder text = new StringBuilder(decision.outcome() + " " + decision.reason());
        for (int i = 0; i < decision.capacity().size(); i++) {
            pools.add(views.pool(decision, i));
            text.append(' ').append(pools.get(i).id());
        }
        message = messages.of(request, decision);
        worker.end();
        return text.toString();
    }

    Explanation explain() {
        final Explanation explanation = new Explanation();
        worker.begin();
        worker.explain(request, decision, explanation);
        worker.end();
        return explanation;
    }
}
