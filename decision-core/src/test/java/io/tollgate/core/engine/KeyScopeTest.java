/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.DecideMode;
import io.tollgate.core.Outcome;
import io.tollgate.core.Reason;
import io.tollgate.core.ScopeLevel;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.Field;
import io.tollgate.core.world.def.ScopeDef;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An idempotency key belongs to an organization, also where an API key says which one that is. */
class KeyScopeTest {
    private final DecisionRequest request = new DecisionRequest();
    private final Decision decision = new Decision();

    @TempDir
    Path directory;

    private EngineFixture fixture;
    private DecisionWorker worker;

    @BeforeEach
    void start() {
        fixture = new EngineFixture(directory, 1);
        fixture.clock.epochNs(HoldingWorld.NOW_NS);
        fixture.confirmAll();
        final List<ScopeDef> scopes = new ArrayList<>();
        scopes.add(HoldingWorld.scope(
                ScopeLevel.GLOBAL, "global", "global", "", ScopeDef.Actor.NONE, ScopeDef.Holdings.NONE));
        organization(scopes, "acme", 1);
        organization(scopes, "beta", 2);
        fixture.activate(1, HoldingWorld.registry(), HoldingWorld.policies(), List.of(), scopes, Map.of());
        worker = fixture.engine.newWorker();
        worker.begin();
    }

    @AfterEach
    void stop() {
        worker.end();
        fixture.close();
    }

    private static void organization(final List<ScopeDef> scopes, final String id, final int key) {
        final String path = "org:" + id;
        scopes.add(HoldingWorld.scope(
                ScopeLevel.ORGANIZATION, path, id, "global", ScopeDef.Actor.NONE, ScopeDef.Holdings.NONE));
        final ScopeDef.Actor actor = new ScopeDef.Actor("", List.of(), List.of(), hash(key), "", "");
        scopes.add(HoldingWorld.scope(ScopeLevel.API_KEY, path + "/key:k", "k", path, actor, ScopeDef.Holdings.NONE));
    }

    private static byte[] hash(final int key) {
        final byte[] hash = new byte[32];
        hash[0] = (byte) key;
        return hash;
    }

    private void consume(final int key, final String organization, final long tokens) {
        request.reset()
                .mode(DecideMode.CONSUME)
                .set(Field.ORGANIZATION, organization)
                .set(Field.PRODUCT, "llm")
                .set(Field.RESOURCE_TYPE, "chat")
                .set(Field.ACTION, "batch")
                .set(Field.IDEMPOTENCY_KEY, "1");
        request.apiKeyHash(hash(key)).addUsage(tokens, "token");
        worker.decide(request, decision);
    }

    @Test
    void shouldNotMeetTheKeysOfAnotherOrganization() {
        consume(1, "", 5);
        assertEquals(Outcome.ALLOW, decision.outcome());
        consume(2, "", 7);
        assertEquals(Outcome.ALLOW, decision.outcome(), "another organization's key");
        consume(1, "", 5);
        assertTrue(decision.isRepeated());
    }

    @Test
    void shouldMeetTheKeysOfTheSameOrganizationHoweverItIsNamed() {
        consume(1, "", 5);
        consume(1, "acme", 7);
        assertEquals(Reason.IDEMPOTENCY_MISMATCH, decision.reason());
    }
}
