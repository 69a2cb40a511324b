/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.world;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.Reason;
import io.tollgate.core.ScopeLevel;
import io.tollgate.core.engine.Decision;
import io.tollgate.core.engine.DecisionWorker;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.world.CeilingRow;
import io.tollgate.core.world.ScopeRow;
import io.tollgate.examples.generator.GeneratedLimits;
import io.tollgate.examples.generator.GeneratedRegistry;
import io.tollgate.examples.generator.GeneratedShape;
import io.tollgate.examples.generator.PrincipalDraw;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the benchmarks measure is what they claim: all allowed, the whole chain, every ceiling. */
class BenchWorldTest {
    private static final GeneratedShape SHAPE = GeneratedShape.of(6_000);

    @TempDir
    private Path folder;

    private final DecisionRequest request = new DecisionRequest();
    private final Decision decision = new Decision();

    @Test
    void shouldAllowEveryPrincipalThroughSevenScopesAndTwentyOneCeilings() throws Exception {
        try (BenchWorld bench = BenchWorld.open(new WorldCache(folder), SHAPE, CeilingChoice.ALL, 1, 0)) {
            final DecisionWorker worker = bench.newWorker();
            for (int principal = 0; principal < SHAPE.principals(); principal++) {
                RequestTape.ofOne(SHAPE, principal).nextByKey(request);
                worker.begin();
                worker.decide(request, decision);
                assertEquals(Reason.OK, decision.reason());
                assertEquals(7, decision.chainLength());
                assertEquals(21, decision.ceilings().size());
                worker.end();
            }
        }
    }

    @Test
    void shouldDecideOnAPatchedWorldAsOnTheWholeOne() throws Exception {
        try (BenchWorld bench = BenchWorld.open(new WorldCache(folder), SHAPE, CeilingChoice.ALL, 1, 1_000)) {
            final int rows = bench.world().patched().rows();
            assertTrue(rows > 900 && rows < 1_600, rows + " rows are patched");
            final DecisionWorker worker = bench.newWorker();
            for (int principal = 0; principal < SHAPE.principals(); principal++) {
                RequestTape.ofOne(SHAPE, principal).nextByKey(request);
                worker.begin();
                worker.decide(request, decision);
                assertEquals(Reason.OK, decision.reason());
                assertEquals(21, decision.ceilings().size());
                worker.end();
            }
        }
    }

    @Test
    void shouldAllowByNameThroughSixScopes() throws Exception {
        try (BenchWorld bench = BenchWorld.open(new WorldCache(folder), SHAPE, CeilingChoice.ALL, 1, 0)) {
            final DecisionWorker worker = bench.newWorker();
            final RequestTape tape = RequestTape.of(SHAPE, PrincipalDraw.zipf(SHAPE.principals(), 5), 1_000);
            for (int i = 0; i < 2_000; i++) {
                tape.nextByName(request);
                worker.begin();
                worker.decide(request, decision);
                assertEquals(Reason.OK, decision.reason());
                assertEquals(6, decision.chainLength());
                assertEquals(18, decision.ceilings().size());
                worker.end();
            }
        }
    }

    @Test
    void shouldKeepOnlyTheChosenCeiling() throws Exception {
        try (BenchWorld bench = BenchWorld.open(new WorldCache(folder), SHAPE, CeilingChoice.PROJECT_TOKENS, 1, 0)) {
            final DecisionWorker worker = bench.newWorker();
            RequestTape.ofOne(SHAPE, 77).nextByKey(request);
            worker.begin();
            worker.decide(request, decision);
            assertEquals(Reason.OK, decision.reason());
            assertEquals(1, decision.ceilings().size());
            final CeilingRow ceiling =
                    new CeilingRow().wrap(bench.world(), decision.ceilings().ceilingRef(0));
            assertEquals(GeneratedLimits.limit(GeneratedRegistry.TOKENS, ScopeLevel.PROJECT, 0), ceiling.limit());
            assertEquals(
                    ScopeLevel.PROJECT,
                    new ScopeRow().wrap(bench.world(), ceiling.definedAtRow()).level());
            worker.end();
        }
    }

    @Test
    void shouldBuildOnceAndKeepCountersFromForkToFork() throws Exception {
        final WorldCache cache = new WorldCache(folder);
        final long first = usedAfterOneMore(cache);
        final Path done = folder.resolve("6000-1-0-project_tokens/DONE");
        final FileTime built = Files.getLastModifiedTime(done);
        final long second = usedAfterOneMore(cache);
        assertEquals(built, Files.getLastModifiedTime(done), "not built again");
        assertEquals(2 * first, second);
        Files.writeString(done, "another generator");
        assertEquals(first, usedAfterOneMore(cache), "built anew");
    }

    @Test
    void shouldBuildAnewWhatCannotBeOpened() throws Exception {
        final WorldCache cache = new WorldCache(folder);
        usedAfterOneMore(cache);
        try (var files = Files.list(folder.resolve("6000-1-0-project_tokens/world"))) {
            for (final Path file : files.toList()) {
                Files.write(file, new byte[64]);
            }
        }
        assertTrue(usedAfterOneMore(cache) > 0);
    }

    private long usedAfterOneMore(final WorldCache cache) throws Exception {
        try (BenchWorld bench = BenchWorld.open(cache, SHAPE, CeilingChoice.PROJECT_TOKENS, 1, 0)) {
            final DecisionWorker worker = bench.newWorker();
            RequestTape.ofOne(SHAPE, 4_321).nextByKey(request);
            worker.begin();
            worker.decide(request, decision);
            assertEquals(Reason.OK, decision.reason());
            final long used = decision.ceilings().used(0);
            worker.end();
            return used;
        }
    }
}
