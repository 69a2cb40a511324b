/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.tollgate.core.DecideMode;
import io.tollgate.core.Outcome;
import io.tollgate.core.Reason;
import io.tollgate.core.journal.MemoryJournal;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.Field;
import io.tollgate.core.world.NotPatchableException;
import io.tollgate.core.world.def.CeilingDef;
import io.tollgate.core.world.def.OverrideDef;
import io.tollgate.core.world.def.ScopeDef;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing on the decision path allocates, whatever the answer. Exact, so a unit test can say it. */
class DecisionAllocationTest {
    private static final int WARM_UP = 20_000;
    private static final int MEASURED = 10_000;
    private static final int ROUND = 1_000;

    @TempDir
    Path directory;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final long thread = Thread.currentThread().getId();
    private final DecisionRequest request = new DecisionRequest();
    private final Decision decision = new Decision();
    private final Readings readings = new Readings();
    private boolean refunding;
    private final Set<Reason> seen = EnumSet.noneOf(Reason.class);

    @Test
    void shouldAllocateNothingPerDecision() {
        try (EngineFixture fixture = new EngineFixture(directory, 1)) {
            AcmeWorld.activate(fixture, 1);
            final DecisionWorker worker = fixture.engine.newWorker();
            run(fixture, worker, WARM_UP);
            final long bytes = run(fixture, worker, MEASURED);
            assertEquals(0, bytes, "bytes allocated by the best of " + MEASURED / ROUND + " rounds of decisions");
        }
        assertEquals(
                EnumSet.of(
                        Reason.OK,
                        Reason.UNKNOWN_ACTOR,
                        Reason.UNKNOWN_UNIT,
                        Reason.POLICY_NO_GRANT,
                        Reason.POLICY_DENY,
                        Reason.ENTITLEMENT_MISSING,
                        Reason.RATE_LIMITED,
                        Reason.QUOTA_EXHAUSTED),
                seen,
                "the answers that were measured");
    }

    @Test
    void shouldAllocateNothingPerRefund() {
        refunding = true;
        try (EngineFixture fixture = new EngineFixture(directory, 1)) {
            AcmeWorld.activate(fixture, 1);
            final DecisionWorker worker = fixture.engine.newWorker();
            run(fixture, worker, WARM_UP);
            assertEquals(0, run(fixture, worker, MEASURED), "bytes allocated by the best round");
        }
        final Set<Reason> expected = EnumSet.of(Reason.OK, Reason.POLICY_DENY, Reason.ENTITLEMENT_MISSING);
        assertTrue(seen.containsAll(expected), seen::toString);
    }

    /** One row is new, all others have moved, one is gone and has come back. */
    @Test
    void shouldAllocateNothingOnAPatchedWorld() throws NotPatchableException {
        try (EngineFixture fixture = new EngineFixture(directory, 1)) {
            AcmeWorld.activate(fixture, 1);
            final EngineSnapshot all = fixture.active();
            fixture.patch(
                    2,
                    all.with(all.scopes().stream()
                            .filter(scope -> !scope.id().equals("ada"))
                            .toList()));
            fixture.patch(
                    3,
                    all.with(all.scopes().stream()
                            .map(DecisionAllocationTest::renamed)
                            .toList()));
            assertEquals(
                    all.scopes().size() + 1,
                    Objects.requireNonNull(fixture.worlds.current()).patched().rows());
            final DecisionWorker worker = fixture.engine.newWorker();
            run(fixture, worker, WARM_UP);
            assertEquals(0, run(fixture, worker, MEASURED), "bytes allocated by the best round");
        }
        assertTrue(seen.containsAll(EnumSet.of(Reason.OK, Reason.UNKNOWN_ACTOR, Reason.RATE_LIMITED)), seen::toString);
    }

    private static ScopeDef renamed(final ScopeDef scope) {
        return new ScopeDef(
                scope.level(),
                scope.path(),
                scope.id(),
                "renamed",
                scope.state(),
                scope.expiresAtMs(),
                scope.parentPath(),
                scope.actor(),
                scope.holdings());
    }

    @Test
    void shouldAllocateNothingWithAJournal() {
        final MemoryJournal journal = new MemoryJournal(64);
        try (EngineFixture fixture = new EngineFixture(directory, 1, journal.log)) {
            AcmeWorld.activate(fixture, 1);
            final DecisionWorker worker = fixture.engine.newWorker();
            run(fixture, worker, WARM_UP);
            assertEquals(0, run(fixture, worker, MEASURED), "bytes allocated by the best round");
            assertTrue(journal.log.appendedSequence() > ROUND, "it was journaled");
        }
        assertTrue(seen.contains(Reason.OK) && !seen.contains(Reason.JOURNAL_FULL), seen::toString);
    }

    @Test
    void shouldAllocateNothingUnderOverrides() {
        try (EngineFixture fixture = new EngineFixture(directory, 1)) {
            final long afterAllMs = AcmeWorld.NOW_NS / 1_000_000L + 1_000_000_000_000L;
            AcmeWorld.activate(
                    fixture,
                    1,
                    AcmeWorld.ceilings().stream()
                            .map(ceiling -> ceiling.overriddenBy(new OverrideDef(
                                    "o", new CeilingDef.Amount(false, 80_000, 80_000), afterAllMs, "limits:1:1")))
                            .toList());
            final DecisionWorker worker = fixture.engine.newWorker();
            run(fixture, worker, WARM_UP);
            assertEquals(0, run(fixture, worker, MEASURED), "bytes allocated by the best round");
        }
        assertTrue(seen.contains(Reason.QUOTA_EXHAUSTED) && seen.contains(Reason.OK), seen::toString);
    }

    /**
     * Rounds of decisions, an hour apart; {@return bytes allocated by the round that allocated least}. What the JVM itself allocates on
     * this thread now and then is not in every round; what the path allocates is.
     */
    private long run(final EngineFixture fixture, final DecisionWorker worker, final int decisions) {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < decisions; i += ROUND) {
            fixture.clock.epochNs(fixture.clock.monotonicNs() + 3_600_000_000_000L);
            fixture.refreshPeriods();
            final long before = threads.getThreadAllocatedBytes(thread);
            round(fixture, worker);
            least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before);
        }
        return least;
    }

    private void round(final EngineFixture fixture, final DecisionWorker worker) {
        for (int i = 0; i < ROUND; i++) {
            fixture.clock.epochNs(fixture.clock.monotonicNs() + 300_000_000L);
            fixture.confirmAll();
            fill(i % 9);
            worker.begin();
            worker.decide(request, decision);
            if (refunding) {
                worker.refund(request, decision);
            }
            worker.readings(decision, readings);
            if (decision.outcome() == Outcome.DENY || decision.reason() == Reason.OK) {
                seen.add(decision.reason());
            }
            worker.end();
        }
    }

    private void fill(final int kind) {
        request.reset()
                .mode(kind == 1 ? DecideMode.CHECK : DecideMode.CONSUME)
                .set(Field.ORGANIZATION, "acme")
                .set(Field.PROJECT, "rag")
                .set(Field.ACTOR_TYPE, "user")
                .set(Field.ACTOR_ID, kind == 2 ? "nobody" : kind == 3 ? "vic" : kind == 4 ? "mallory" : "ada")
                .set(Field.PRODUCT, kind == 5 ? "video" : "llm")
                .set(Field.RESOURCE_TYPE, kind == 5 ? "clip" : "chat")
                .set(Field.ACTION, kind == 5 ? "render" : "complete")
                .addUsage(kind == 6 ? 40_000 : kind == 7 ? 900_000 : 20, kind == 8 ? "furlong" : "token");
    }
}
