/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import static io.tollgate.core.world.WorldFixture.apiKey;
import static io.tollgate.core.world.WorldFixture.department;
import static io.tollgate.core.world.WorldFixture.each;
import static io.tollgate.core.world.WorldFixture.gauge;
import static io.tollgate.core.world.WorldFixture.global;
import static io.tollgate.core.world.WorldFixture.keyHash;
import static io.tollgate.core.world.WorldFixture.monthly;
import static io.tollgate.core.world.WorldFixture.organization;
import static io.tollgate.core.world.WorldFixture.plan;
import static io.tollgate.core.world.WorldFixture.principal;
import static io.tollgate.core.world.WorldFixture.project;
import static io.tollgate.core.world.WorldFixture.rate;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.Effect;
import io.tollgate.core.ScopeLevel;
import io.tollgate.core.world.def.ConditionDef;
import io.tollgate.core.world.def.DefinitionException;
import io.tollgate.core.world.def.EntitlementSetDef;
import io.tollgate.core.world.def.PolicyDef;
import io.tollgate.core.world.def.RuleDef;
import io.tollgate.core.world.def.ScopeDef;
import io.tollgate.core.world.def.WhatDef;
import io.tollgate.core.world.def.WhoDef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorldPatchTest {
    private static final List<EntitlementSetDef> SETS =
            List.of(new EntitlementSetDef("free", List.of()), new EntitlementSetDef("pro", List.of()));

    @TempDir
    Path directory;

    private final WorldFixture.Cells cells = new WorldFixture.Cells();
    private final Map<String, ScopeDef> scopes = new LinkedHashMap<>();
    private WorldTables tables = tables(SETS);
    private int written;

    private static WorldTables tables(final List<EntitlementSetDef> sets, final PolicyDef... policies) {
        return WorldTables.compile(WorldFixture.registry(), List.of(policies), sets);
    }

    private static PolicyDef policy(final String scope, final String... rules) {
        return new PolicyDef(
                scope,
                java.util.Arrays.stream(rules)
                        .map(id -> new RuleDef(
                                id, Effect.ALLOW, WhoDef.ANYBODY, new WhatDef(0), ConditionDef.ALWAYS, "", ""))
                        .toList());
    }

    private World write(final ScopeDef... defs) throws IOException {
        for (final ScopeDef def : defs) {
            scopes.put(def.path(), def);
        }
        final Path where = Files.createDirectory(directory.resolve("w" + written++));
        WorldFixture.write(where, tables, cells, scopes.values().toArray(new ScopeDef[0]));
        return World.open(where, tables, WorldFixture.facts(1), World.Check.EVERY_BYTE);
    }

    private WorldPatch begin(final World base) throws NotPatchableException {
        return WorldPatch.begin(
                base,
                tables,
                base.facts().withDelta(base.facts().deltaSequence() + 1),
                cells,
                WorldFixture::inlineRate);
    }

    private World put(final World base, final ScopeDef... defs) throws NotPatchableException, IOException {
        try (WorldPatch patch = begin(base)) {
            for (final ScopeDef def : defs) {
                patch.put(def);
                scopes.put(def.path(), def);
            }
            return patch.finish();
        }
    }

    private World remove(final World base, final String... paths) throws NotPatchableException, IOException {
        try (WorldPatch patch = begin(base)) {
            for (final String path : paths) {
                patch.remove(path);
                scopes.remove(path);
            }
            return patch.finish();
        }
    }

    private World acme() throws IOException {
        return write(
                global(each(ScopeLevel.PRINCIPAL, monthly("own", 3))),
                plan("pro", each(ScopeLevel.PROJECT, gauge("slots", 4))),
                organization("acme", "pro", gauge("g", 8)),
                department("acme", "ml"),
                project("acme", "ml", "rag", monthly("m", 5)),
                principal("acme", "user", "alice", List.of("admin")),
                apiKey("acme", "ci", keyHash(7), "org:acme/project:rag", "org:acme/user:alice"));
    }

    private void assertSameAsWritten(final World patched) throws IOException {
        try (World whole = write()) {
            assertEquals(
                    String.join("\n\n", WorldDump.of(whole).values()),
                    String.join("\n\n", WorldDump.of(patched).values()));
        }
    }

    @Test
    void shouldChangeARowAndLeaveTheOldWorldAsItWas() throws Exception {
        final World base = acme();
        final Map<String, String> before = WorldDump.of(base);
        final long row = base.findPath("org:acme/project:rag");

        final World patched =
                put(base, project("acme", "ml", "rag", monthly("m", 50), rate("tpm", 60, 6), gauge("g", 2)));

        assertEquals(row, patched.findPath("org:acme/project:rag"));
        assertEquals(before, WorldDump.of(base));
        assertNotEquals(before, WorldDump.of(patched));
        assertSameAsWritten(patched);
        assertEquals(1, patched.facts().deltaSequence());
        assertEquals(1, patched.patched().patches());
        assertEquals(1, patched.patched().rows());
        assertEquals(0, base.patched().rows());
        patched.close();
        base.close();
    }

    @Test
    void shouldFindNewRowsThatInheritWhatScopesAboveDefine() throws Exception {
        final World base = acme();
        final World first = put(
                base,
                project("acme", "ml", "new", monthly("m", 9)),
                principal("acme", "user", "bob", List.of("brand-new-role")),
                organization("beta", "pro"));
        final World second = put(
                first,
                project("beta", null, "rag"),
                principal("beta", "service", "bot", List.of()),
                apiKey("beta", "k", keyHash(8), "org:beta/project:rag", "org:beta/service:bot"));

        assertEquals(World.NOT_FOUND, base.findPath("org:beta"));
        assertEquals(World.NOT_FOUND, first.findPath("org:beta/project:rag"));
        assertSameAsWritten(second);
        assertEquals(13, second.scopeCount());
        second.close();
        first.close();
        base.close();
    }

    @Test
    void shouldForgetRemovedRowsAndTakeThemBack() throws Exception {
        final World base = acme();
        final World without = remove(base, "org:acme/key:ci", "org:acme/user:alice");
        assertEquals(World.NOT_FOUND, without.findPath("org:acme/user:alice"));
        assertSameAsWritten(without);

        final World again = put(without, principal("acme", "user", "alice", List.of("member")));
        assertSameAsWritten(again);
        final World gone = remove(again, "org:acme/user:alice");
        assertSameAsWritten(gone);
        final World last = put(gone, principal("acme", "user", "alice", List.of("member")));
        assertSameAsWritten(last);
        assertEquals(base.scopeCount() - 1, last.scopeCount());
        List.of(base, without, again, gone, last).forEach(World::close);
    }

    @Test
    void shouldRefuseToRemoveWhatOthersBelongTo() throws Exception {
        final World base = acme();
        assertRefused(base, "'org:acme/key:ci' belongs to it", () -> remove(base, "org:acme/user:alice"));
        final World more =
                put(base, project("acme", null, "p"), apiKey("acme", "k", keyHash(9), "org:acme/project:p", ""));
        assertRefused(more, "'org:acme/key:k' belongs to it", () -> remove(more, "org:acme/project:p"));
        assertRefused(base, "global", () -> remove(base, "global"));
        assertThrows(DefinitionException.class, () -> remove(base, "org:acme/project:none"));
        more.close();
        base.close();
    }

    /** Rows count who refers to them, up to 255. */
    @Test
    void shouldKnowWhetherAnybodyBelongsToWhatIsRemoved() throws Exception {
        for (final int keys : new int[] {0, 1, 2, 254, 255, 300}) {
            scopes.clear();
            final List<ScopeDef> defs = new java.util.ArrayList<>(
                    List.of(global(), organization("acme", null), principal("acme", "user", "alice", List.of())));
            final List<String> paths = new java.util.ArrayList<>();
            for (int i = 0; i < keys; i++) {
                final byte[] hash = keyHash(1);
                hash[0] = (byte) i;
                hash[1] = (byte) (i >> 8);
                defs.add(apiKey("acme", "k" + i, hash, "", "org:acme/user:alice"));
                paths.add("org:acme/key:k" + i);
            }
            paths.add("org:acme/user:alice");
            final World base = write(defs.toArray(new ScopeDef[0]));
            if (keys > 0) {
                final String last = "org:acme/key:k" + (keys - 1);
                assertRefused(base, "'" + last + "' belongs to it", () -> {
                    try (WorldPatch patch = begin(base)) {
                        for (final String path : paths) {
                            if (!path.equals(last)) {
                                patch.remove(path);
                            }
                        }
                        patch.finish();
                    }
                });
            }
            final World half = remove(base, paths.subList(0, keys / 2).toArray(new String[0]));
            final World none = remove(half, paths.subList(keys / 2, keys + 1).toArray(new String[0]));
            assertSameAsWritten(none);
            assertEquals(2, none.scopeCount());
            List.of(base, half, none).forEach(World::close);
        }
    }

    @Test
    void shouldRefuseWhatRowsHoldCopiesOf() throws Exception {
        final World base = acme();
        assertRefused(base, "parent", () -> put(base, project("acme", null, "rag")));
        assertRefused(base, "plan", () -> put(base, organization("acme", null)));
        assertRefused(
                base,
                "key",
                () -> put(base, apiKey("acme", "ci", keyHash(8), "org:acme/project:rag", "org:acme/user:alice")));
        assertRefused(base, "owner", () -> put(base, apiKey("acme", "ci", keyHash(7), "org:acme/project:rag", "")));
        assertRefused(base, "project", () -> put(base, apiKey("acme", "ci", keyHash(7), "", "org:acme/user:alice")));
        assertRefused(base, "EACH", () -> put(base, plan("pro", each(ScopeLevel.PROJECT, gauge("slots", 5)))));
        assertRefused(base, "EACH", () -> put(base, global()));
        assertRefused(
                base, "EACH", () -> put(base, organization("acme", "pro", each(ScopeLevel.PROJECT, gauge("s", 5)))));
        base.close();
    }

    @Test
    void shouldTakeOtherEachCeilingsWhereNobodyHasAShare() throws Exception {
        final World base = acme();
        final World first = put(base, plan("empty", each(ScopeLevel.PROJECT, gauge("slots", 5))));
        final World second =
                put(first, plan("empty", each(ScopeLevel.PROJECT, gauge("slots", 6))), project("acme", null, "x"));
        assertSameAsWritten(second);
        List.of(base, first, second).forEach(World::close);
    }

    @Test
    void shouldKeepEachDefinitionsThatStay() throws Exception {
        final World base = acme();
        final World patched = put(
                base,
                global(each(ScopeLevel.PRINCIPAL, monthly("own", 3)), monthly("all", 1000)),
                plan("pro", gauge("more", 3), each(ScopeLevel.PROJECT, gauge("slots", 4))),
                principal("acme", "user", "carol", List.of()),
                project("acme", null, "new"));
        assertSameAsWritten(patched);
        patched.close();
        base.close();
    }

    private static void assertRefused(
            final World base, final String reason, final org.junit.jupiter.api.function.Executable patch) {
        final Map<String, String> before = WorldDump.of(base);
        final NotPatchableException refusal = assertThrows(NotPatchableException.class, patch);
        assertTrue(String.valueOf(refusal.getMessage()).contains(reason), refusal.getMessage());
        assertEquals(before, WorldDump.of(base));
    }

    private static void assertUndefined(final String reason, final org.junit.jupiter.api.function.Executable patch) {
        final DefinitionException refusal = assertThrows(DefinitionException.class, patch);
        assertTrue(String.valueOf(refusal.getMessage()).contains(reason), refusal.getMessage());
    }

    @Test
    void shouldRefuseTwoScopesOfOneKey() throws Exception {
        final World base = acme();
        final ScopeDef twin = apiKey("acme", "twin", keyHash(7), "", "");
        assertUndefined("org:acme/key:ci", () -> put(base, twin));
        scopes.remove(twin.path());
        base.close();
    }

    @Test
    void shouldGiveAKeyToAnotherPathInOnePatch() throws Exception {
        final World base = acme();
        final ScopeDef renamed = apiKey("acme", "ci2", keyHash(7), "org:acme/project:rag", "org:acme/user:alice");
        scopes.remove("org:acme/key:ci");
        scopes.put(renamed.path(), renamed);
        for (final boolean removeFirst : new boolean[] {true, false}) {
            try (WorldPatch patch = begin(base)) {
                if (removeFirst) {
                    patch.remove("org:acme/key:ci");
                }
                patch.put(renamed);
                if (!removeFirst) {
                    patch.remove("org:acme/key:ci");
                }
                final World patched = patch.finish();
                assertSameAsWritten(patched);
                patched.close();
            }
        }
        try (WorldPatch patch = begin(base)) {
            patch.put(apiKey("acme", "a", keyHash(9), "", ""));
            patch.put(apiKey("acme", "b", keyHash(9), "", ""));
            assertThrows(DefinitionException.class, patch::finish);
        }
        base.close();
    }

    @Test
    void shouldGiveNewAndReturningPoliciesToRowsThatStay() throws Exception {
        tables = tables(SETS, policy("org:acme", "a"), policy("global", "g"));
        final World base = acme();
        final int acme = base.policies().findPolicy("org:acme");
        tables = tables.renewed(List.of(policy("org:acme", "a", "b"), policy("org:acme/project:rag", "r")), SETS);
        final World first = put(base);
        assertEquals(acme, first.policies().findPolicy("org:acme"));
        assertEquals("org:acme/project:rag", policyPath(first, "org:acme/project:rag"));
        assertEquals(0, first.policies().ruleCount(row(first, "global").policyId()));
        assertSameRules(first);

        tables = tables.renewed(List.of(policy("global", "g", "h"), policy("org:acme", "a")), SETS);
        final World second = put(first, project("acme", "ml", "rag", monthly("m", 6)));
        assertEquals(-1, row(second, "org:acme/project:rag").policyId());
        assertSameRules(second);

        tables = tables.renewed(List.of(policy("org:acme/project:rag", "x", "y", "z")), SETS);
        final World third = put(second);
        assertEquals("org:acme/project:rag", policyPath(third, "org:acme/project:rag"));
        assertSameRules(third);
        List.of(base, first, second, third).forEach(World::close);
    }

    private void assertSameRules(final World patched) {
        for (int policy = 0; policy < patched.policies().policyCount(); policy++) {
            if (patched.policies().present(policy)) {
                final String path = patched.policies().scopePath(policy);
                assertEquals(policy, row(patched, path).policyId(), path);
            }
        }
    }

    private static ScopeRow row(final World world, final String path) {
        return WorldFixture.row(world, world.findPath(path));
    }

    private static String policyPath(final World world, final String path) {
        return world.policies().scopePath(row(world, path).policyId());
    }

    @Test
    void shouldRefusePoliciesAndEntitlementSetsThatDoNotResolve() throws Exception {
        final World base = acme();
        tables = tables.renewed(List.of(policy("org:none", "a")), SETS);
        assertUndefined("org:none", () -> put(base));
        tables = base.tables().renewed(List.of(), SETS.subList(0, 1));
        assertUndefined("'pro'", () -> put(base));
        tables = base.tables().renewed(List.of(policy("org:acme/key:ci", "a")), SETS);
        final World with = put(base);
        assertThrows(DefinitionException.class, () -> remove(with, "org:acme/key:ci"));
        tables = tables(SETS.subList(1, 2));
        assertThrows(NotPatchableException.class, () -> put(base));
        with.close();
        base.close();
    }

    @Test
    void shouldCloseFilesWhenTheLastWorldIsClosed() throws Exception {
        final World base = acme();
        final World first = put(base, project("acme", "ml", "rag", monthly("m", 6)));
        final World second = put(first, project("acme", "ml", "rag", monthly("m", 7)));
        base.close();
        base.close();
        second.close();
        assertFalse(first.closed());
        assertSame(first, 6);
        assertTrue(first.memory().space().bytes() > 0);
        first.close();
        assertEquals(0, first.memory().space().bytes());
        assertThrows(IndexOutOfBoundsException.class, () -> row(first, "org:acme"));
    }

    private static void assertSame(final World world, final long limit) {
        assertEquals(
                limit,
                new CeilingRow()
                        .first(world, row(world, "org:acme/project:rag"))
                        .limit());
    }
}
