/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import static io.tollgate.core.world.WorldFixture.apiKey;
import static io.tollgate.core.world.WorldFixture.department;
import static io.tollgate.core.world.WorldFixture.each;
import static io.tollgate.core.world.WorldFixture.find;
import static io.tollgate.core.world.WorldFixture.findPrincipal;
import static io.tollgate.core.world.WorldFixture.gauge;
import static io.tollgate.core.world.WorldFixture.global;
import static io.tollgate.core.world.WorldFixture.keyHash;
import static io.tollgate.core.world.WorldFixture.monthly;
import static io.tollgate.core.world.WorldFixture.organization;
import static io.tollgate.core.world.WorldFixture.plan;
import static io.tollgate.core.world.WorldFixture.principal;
import static io.tollgate.core.world.WorldFixture.project;
import static io.tollgate.core.world.WorldFixture.rate;
import static io.tollgate.core.world.WorldFixture.row;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.DimensionKind;
import io.tollgate.core.Effect;
import io.tollgate.core.Enforcement;
import io.tollgate.core.ScopeLevel;
import io.tollgate.core.Severity;
import io.tollgate.core.symbol.Utf8Hash;
import io.tollgate.core.world.def.CeilingDef;
import io.tollgate.core.world.def.ConditionDef;
import io.tollgate.core.world.def.EntityState;
import io.tollgate.core.world.def.OverrideDef;
import io.tollgate.core.world.def.PolicyDef;
import io.tollgate.core.world.def.RuleDef;
import io.tollgate.core.world.def.ScopeDef;
import io.tollgate.core.world.def.SubscriptionStatus;
import io.tollgate.core.world.def.ThresholdDef;
import io.tollgate.core.world.def.WhatDef;
import io.tollgate.core.world.def.WhoDef;
import io.tollgate.core.world.def.WindowDef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorldTest {
    @TempDir
    Path directory;

    @Test
    void shouldFindScopesWithinTheirOrganization() throws IOException {
        try (World world = WorldFixture.world(
                directory,
                global(),
                organization("acme", null),
                organization("beta", null),
                project("acme", null, "rag"),
                project("beta", null, "rag"),
                principal("acme", "user", "alice", List.of()))) {
            final long acme = organization(world, "acme");
            final long beta = organization(world, "beta");
            final long inAcme = find(world, ScopeLevel.PROJECT, acme, "rag");
            final long inBeta = find(world, ScopeLevel.PROJECT, beta, "rag");

            assertEquals("org:acme/project:rag", row(world, inAcme).path());
            final byte[] names = "acmeragalice".getBytes(StandardCharsets.UTF_8);
            final long hash = World.organizationHash(names, 0, 4);
            assertEquals(acme, world.findOrganization(hash, names, 0, 4));
            assertEquals(inAcme, world.find(ScopeLevel.PROJECT, acme, hash, names, 4, 3));
            assertEquals(World.NOT_FOUND, world.find(ScopeLevel.PROJECT, beta, hash, names, 4, 3));
            assertEquals(
                    findPrincipal(world, acme, WorldFixture.USER, "alice"),
                    world.findPrincipal(acme, hash, WorldFixture.USER, Utf8Hash.of(names, 7, 5), names, 7, 5));
            assertEquals("org:beta/project:rag", row(world, inBeta).path());
            assertEquals(
                    "alice",
                    row(world, findPrincipal(world, acme, WorldFixture.USER, "alice"))
                            .id());
            assertEquals(World.NOT_FOUND, findPrincipal(world, beta, WorldFixture.USER, "alice"));
            assertEquals(World.NOT_FOUND, find(world, ScopeLevel.DEPARTMENT, acme, "rag"));
            assertEquals(World.NOT_FOUND, find(world, ScopeLevel.PROJECT, acme, "ra"));
            assertEquals(World.NOT_FOUND, organization(world, ""));
            assertEquals(6, world.scopeCount());
            assertEquals("global", row(world, world.globalRow()).path());
        }
    }

    @Test
    void shouldTellPrincipalsOfDifferentTypesApart() throws IOException {
        try (World world = WorldFixture.world(
                directory,
                global(),
                organization("acme", null),
                principal("acme", "user", "bot", List.of()),
                principal("acme", "service", "bot", List.of()))) {
            final long acme = organization(world, "acme");

            assertEquals(
                    "org:acme/user:bot",
                    row(world, findPrincipal(world, acme, WorldFixture.USER, "bot"))
                            .path());
            final ScopeRow service = row(world, findPrincipal(world, acme, WorldFixture.SERVICE, "bot"));
            assertEquals("org:acme/service:bot", service.path());
            assertEquals(WorldFixture.SERVICE, service.actorTypeId());
        }
    }

    @Test
    void shouldGiveBackWhatWasWritten() throws IOException {
        try (World world = WorldFixture.world(
                directory,
                global(),
                plan("pro"),
                organization("acme", "pro"),
                department("acme", "ml"),
                project("acme", "ml", "rag"),
                principal("acme", "user", "zoë", List.of("admin", "member")))) {
            final ScopeRow acme = row(world, organization(world, "acme"));
            final ScopeRow rag = row(world, find(world, ScopeLevel.PROJECT, acme.ref(), "rag"));
            final ScopeRow zoe = row(world, findPrincipal(world, acme.ref(), WorldFixture.USER, "zoë"));

            assertEquals(ScopeLevel.ORGANIZATION, acme.level());
            assertEquals(SubscriptionStatus.ACTIVE.code(), acme.subscriptionStatusCode());
            assertEquals(9_000, acme.subscriptionEndsAtMs());
            assertEquals("sub-acme", acme.subscriptionId());
            assertEquals("cust-acme", acme.customerExternalId());
            assertEquals("pro", world.entitlements().setName(acme.entitlementSetId()));
            assertEquals("plan:pro", row(world, acme.planRow()).path());
            assertEquals(acme.ref(), acme.organizationRow());
            assertEquals(acme.ref(), acme.customerRow());
            assertEquals(world.globalRow(), acme.parentRow());

            assertEquals(acme.ref(), rag.organizationRow());
            assertEquals("org:acme/dept:ml", row(world, rag.departmentRow()).path());
            assertEquals(rag.departmentRow(), rag.parentRow());
            assertEquals(rag.ref(), rag.projectRow());
            assertEquals(acme.planRow(), rag.planRow());
            assertEquals(acme.ref(), rag.customerRow());
            assertEquals(-1, rag.policyId());
            assertEquals(-1, rag.actorTypeId());
            assertEquals(0, rag.subscriptionStatusCode());

            assertEquals("zoë", zoe.id());
            assertEquals("The zoë", zoe.displayName());
            assertEquals(12_345, zoe.expiresAtMs());
            assertFalse(zoe.expiredAt(12_344));
            assertTrue(zoe.expiredAt(12_345));
            assertTrue(zoe.active());
            assertEquals(Set.of("admin", "member"), names(world, zoe.roleSetId()));
            assertEquals(World.NO_ROW, zoe.departmentRow());
            final byte[] path = new byte[zoe.pathLength()];
            zoe.getPath(path, 0);
            assertEquals(zoe.path(), new String(path, StandardCharsets.UTF_8));
            assertEquals(zoe.ref(), world.findPath("org:acme/user:zoë"));
            assertEquals(World.NOT_FOUND, world.findPath("org:acme/user:zoe"));
            assertEquals(99, world.cellStoreId());
        }
    }

    @Test
    void shouldSayThatADisabledScopeIsNotActive() throws IOException {
        final ScopeDef off = new ScopeDef(
                ScopeLevel.ORGANIZATION,
                "org:off",
                "off",
                "",
                EntityState.DISABLED,
                0,
                "global",
                ScopeDef.Actor.NONE,
                ScopeDef.Holdings.NONE);
        try (World world = WorldFixture.world(directory, global(), off)) {
            assertFalse(row(world, organization(world, "off")).active());
            assertFalse(row(world, organization(world, "off")).expiredAt(Long.MAX_VALUE));
        }
    }

    @Test
    void shouldFindAnApiKeyByItsHashAndKnowItsProjectAndOwner() throws IOException {
        try (World world = WorldFixture.world(
                directory,
                global(),
                organization("acme", null),
                department("acme", "ml"),
                project("acme", "ml", "rag"),
                principal("acme", "service", "ci", List.of()),
                apiKey("acme", "ci-key", keyHash(3), "org:acme/project:rag", "org:acme/service:ci"),
                apiKey("acme", "loose", keyHash(4), "", ""))) {
            final ScopeRow key = row(world, world.find(ScopeLevel.API_KEY, World.NO_ROW, keyHash(3), 0, 32));

            assertEquals("ci-key", key.id());
            assertEquals("org:acme/project:rag", row(world, key.projectRow()).path());
            assertEquals("org:acme/dept:ml", row(world, key.departmentRow()).path());
            assertEquals("org:acme/service:ci", row(world, key.ownerRow()).path());
            assertEquals(organization(world, "acme"), key.organizationRow());
            assertEquals(
                    "llm:write", world.tokenScopes().name(world.tokenScopeSets().member(key.tokenScopeSetId(), 0)));
            final ScopeRow loose = row(world, world.find(ScopeLevel.API_KEY, World.NO_ROW, keyHash(4), 0, 32));
            assertEquals(World.NO_ROW, loose.projectRow());
            assertEquals(World.NO_ROW, loose.ownerRow());
            assertEquals(World.NOT_FOUND, world.find(ScopeLevel.API_KEY, World.NO_ROW, keyHash(5), 0, 32));
        }
    }

    @Test
    void shouldCarryCeilingsInTheRowInTheOrderOfTheSnapshot() throws IOException {
        final CeilingDef soft = new CeilingDef(
                "soft",
                WorldFixture.TOKENS_PER_MONTH,
                Enforcement.SOFT,
                null,
                new CeilingDef.Amount(true, 5, 0),
                WorldFixture.MONTH,
                List.of(new ThresholdDef(950, Severity.CRITICAL), new ThresholdDef(800, Severity.WARNING)),
                "entitlement",
                "billing/1");
        final WorldFixture.Cells cells = new WorldFixture.Cells();
        final WorldTables tables = WorldFixture.tables();
        WorldFixture.write(directory, tables, cells, global(gauge("jobs", 3), rate("tpm", 600, 100), soft));
        try (World world = World.open(directory, tables, WorldFixture.facts(1), World.Check.EVERY_BYTE)) {
            final ScopeRow row = row(world, world.globalRow());
            final List<CeilingRow> ceilings = WorldFixture.ceilings(world, row);
            final CeilingRow jobs = ceilings.get(0);
            final CeilingRow tpm = ceilings.get(1);
            final CeilingRow monthly = ceilings.get(2);

            assertEquals(3, ceilings.size());
            assertEquals("jobs", jobs.id(world));
            assertEquals(DimensionKind.GAUGE.code(), jobs.kindCode());
            assertEquals(-1, jobs.windowId());
            assertEquals(3, jobs.limit());
            assertEquals(0, jobs.burst());
            assertEquals(0, world.thresholds().size(jobs.thresholdSetId()));

            assertEquals(WorldFixture.TOKENS_PER_MINUTE, tpm.dimensionId());
            assertEquals(100, tpm.burst());
            assertEquals(List.of(600L, 100L, 60_000L, 4L), List.of(tpm.rate(0), tpm.rate(1), tpm.rate(2), tpm.rate(3)));
            assertEquals(60_000, world.window(tpm.windowId()).lengthMs());
            assertTrue(tpm.hard());
            assertFalse(tpm.unlimited());
            assertFalse(tpm.each());
            assertEquals(row.ref(), tpm.definedAtRow());
            assertEquals("limits/tpm.yaml:1:1", tpm.source(world));
            assertEquals(cells.refs.get("global global tpm 0"), tpm.cellRef());

            assertEquals("entitlement", monthly.origin(world));
            assertFalse(monthly.hard());
            assertTrue(monthly.unlimited());
            assertEquals(WorldFixture.MONTH, world.window(monthly.windowId()));
            final int set = monthly.thresholdSetId();
            assertEquals(800, world.thresholds().atPermille(set, 0));
            assertEquals(Severity.CRITICAL, world.thresholds().severity(set, 1));
            assertTrue(row.mayLimit(1L << WorldFixture.JOBS));
            assertFalse(row.mayLimit(1L << 3));
        }
    }

    @Test
    void shouldShowAnOverrideUntilItExpiresAndNothingToCeilingsWithoutOne() throws IOException {
        final OverrideDef faster =
                new OverrideDef("fast", new CeilingDef.Amount(false, 900, 150), 5_000, "limits/o:1:1");
        final OverrideDef open = new OverrideDef("open", new CeilingDef.Amount(true, 0, 0), 7_000, "limits/o:2:1");
        final WorldTables tables = WorldFixture.tables();
        WorldFixture.write(
                directory,
                tables,
                new WorldFixture.Cells(),
                global(
                        rate("tpm", 600, 100).overriddenBy(faster),
                        gauge("jobs", 3).overriddenBy(open),
                        each(ScopeLevel.ORGANIZATION, monthly("month", 9)).overriddenBy(open),
                        rate("plain", 60, 10)),
                organization("acme", null));
        try (World world = World.open(directory, tables, WorldFixture.facts(1), World.Check.EVERY_BYTE)) {
            final List<CeilingRow> global = WorldFixture.ceilings(world, row(world, world.globalRow()));
            final CeilingRow tpm = global.get(0);
            assertTrue(tpm.hasOverride());
            assertFalse(tpm.overridden(), "the ceiling's own until a time is given");
            assertEquals(600, tpm.limit());
            assertEquals(100, tpm.burst());
            tpm.at(4_999);
            assertTrue(tpm.overridden());
            assertEquals(900, tpm.limit());
            assertEquals(150, tpm.burst());
            assertEquals(List.of(900L, 150L, 60_000L, 4L), List.of(tpm.rate(0), tpm.rate(1), tpm.rate(2), tpm.rate(3)));
            assertEquals(
                    List.of("tpm", "override", "fast", "limits/o:1:1", "5000"),
                    List.of(
                            tpm.id(world),
                            tpm.origin(world),
                            tpm.overrideId(world),
                            tpm.source(world),
                            String.valueOf(tpm.overrideExpiresAtMs())));
            tpm.at(5_000);
            assertFalse(tpm.overridden());
            assertEquals(List.of(600L, 100L, 60_000L, 4L), List.of(tpm.rate(0), tpm.rate(1), tpm.rate(2), tpm.rate(3)));
            assertEquals("limits", tpm.origin(world));
            assertEquals("", tpm.overrideId(world));
            assertEquals(0, tpm.overrideExpiresAtMs());

            final CeilingRow jobs = global.get(1).at(6_999);
            assertTrue(jobs.unlimited());
            assertEquals(0, jobs.burst());
            assertFalse(jobs.at(7_000).unlimited());
            assertEquals(3, jobs.limit());

            final CeilingRow plain = global.get(2).at(0);
            assertEquals("plain", plain.id(world));
            assertFalse(plain.hasOverride());
            assertEquals(60, plain.limit());

            final CeilingRow share = WorldFixture.ceilings(world, row(world, organization(world, "acme")))
                    .get(0);
            assertTrue(share.at(0).unlimited(), "the shares of an overridden EACH ceiling are overridden");
            assertFalse(share.at(7_000).unlimited());
        }
    }

    @Test
    void shouldGiveEveryDescendantItsOwnCellOfAnEachCeiling() throws IOException {
        final WorldFixture.Cells cells = new WorldFixture.Cells();
        final WorldTables tables = WorldFixture.tables();
        WorldFixture.write(
                directory,
                tables,
                cells,
                global(each(ScopeLevel.ORGANIZATION, monthly("per-org", 9))),
                plan("pro", each(ScopeLevel.PRINCIPAL, monthly("mine", 5))),
                organization("acme", "pro", each(ScopeLevel.PRINCIPAL, monthly("mine", 7)), gauge("jobs", 1)),
                organization("beta", null),
                project("acme", null, "rag", each(ScopeLevel.API_KEY, rate("per-key", 60, 6))),
                principal("acme", "user", "alice", List.of(), gauge("own", 2)),
                principal("acme", "user", "bob", List.of()),
                principal("beta", "user", "carol", List.of()),
                apiKey("acme", "bound", keyHash(1), "org:acme/project:rag", ""),
                apiKey("acme", "loose", keyHash(2), "", ""));
        try (World world = World.open(directory, tables, WorldFixture.facts(1), World.Check.EVERY_BYTE)) {
            final long acme = organization(world, "acme");
            final ScopeRow alice = row(world, findPrincipal(world, acme, WorldFixture.USER, "alice"));
            final ScopeRow bob = row(world, findPrincipal(world, acme, WorldFixture.USER, "bob"));
            final ScopeRow carol =
                    row(world, findPrincipal(world, organization(world, "beta"), WorldFixture.USER, "carol"));
            final List<CeilingRow> ofAlice = WorldFixture.ceilings(world, alice);
            final List<CeilingRow> ofBob = WorldFixture.ceilings(world, bob);

            assertEquals(3, ofAlice.size());
            assertEquals("own", ofAlice.get(0).id(world));
            assertEquals(5, ofAlice.get(1).limit());
            assertEquals("plan:pro", row(world, ofAlice.get(1).definedAtRow()).path());
            assertEquals(7, ofAlice.get(2).limit());
            assertEquals(acme, ofAlice.get(2).definedAtRow());
            assertTrue(ofAlice.get(2).each());
            assertEquals(ScopeLevel.PRINCIPAL.code(), ofAlice.get(2).eachLevelCode());
            assertEquals(2, ofBob.size());
            assertEquals(0, carol.ceilingCount());

            final Set<Long> different = new HashSet<>();
            ofAlice.forEach(ceiling -> different.add(ceiling.cellRef()));
            ofBob.forEach(ceiling -> different.add(ceiling.cellRef()));
            assertEquals(5, different.size(), "the same id at plan and organization must not share a cell");

            final ScopeRow organization = row(world, acme);
            assertEquals(1, organization.eachDefinitionCount());
            assertEquals(2, organization.ceilingCount(), "own gauge and its share of global's EACH");
            assertEquals(1, row(world, organization(world, "beta")).ceilingCount());
            assertEquals(0, row(world, world.globalRow()).ceilingCount(), "a definition is not charged itself");

            final ScopeRow bound = row(world, world.find(ScopeLevel.API_KEY, World.NO_ROW, keyHash(1), 0, 32));
            final CeilingRow perKey = WorldFixture.ceilings(world, bound).get(0);
            assertEquals(6, perKey.burst());
            assertEquals(60, perKey.rate(0));
            assertNotEquals(bound.ref(), perKey.definedAtRow());
            assertEquals(
                    0,
                    row(world, world.find(ScopeLevel.API_KEY, World.NO_ROW, keyHash(2), 0, 32))
                            .ceilingCount());
        }
    }

    @Test
    void shouldKeepTheSymbolsOfRulesAndAddThoseOfTheDirectory() throws IOException {
        final RuleDef rule = new RuleDef(
                "r1",
                Effect.ALLOW,
                new WhoDef(List.of(), List.of(), List.of("owner", "admin"), List.of(), List.of("llm:write")),
                new WhatDef(0),
                ConditionDef.ALWAYS,
                "",
                "");
        final WorldTables tables = WorldFixture.tables(new PolicyDef("org:acme", List.of(rule)));
        WorldFixture.write(
                directory,
                tables,
                new WorldFixture.Cells(),
                global(),
                organization("acme", null),
                principal("acme", "user", "alice", List.of("member", "admin")));
        try (World world = World.open(directory, tables, WorldFixture.facts(1), World.Check.EVERY_BYTE)) {
            final ScopeRow acme = row(world, organization(world, "acme"));
            final ScopeRow alice = row(world, findPrincipal(world, acme.ref(), WorldFixture.USER, "alice"));

            assertEquals(0, acme.policyId());
            assertEquals("org:acme", world.policies().scopePath(acme.policyId()));
            assertEquals(world.policies().roles().find("admin"), world.roles().find("admin"));
            assertEquals(3, world.roles().size());
            assertEquals(Set.of("member", "admin"), names(world, alice.roleSetId()));
        }
    }

    @Test
    void shouldShareEqualTextsAndWindows() throws IOException {
        try (World world = WorldFixture.world(
                directory,
                global(monthly("m", 1)),
                organization("a", null, monthly("m", 2)),
                organization("b", null, monthly("m", 3)))) {
            assertEquals(List.of(WorldFixture.MONTH), world.windows());
            assertEquals(1, world.windowCount());
            final CeilingRow a = WorldFixture.ceilings(world, row(world, organization(world, "a")))
                    .get(0);
            final CeilingRow b = WorldFixture.ceilings(world, row(world, organization(world, "b")))
                    .get(0);
            assertEquals("m", a.id(world));
            assertEquals(2, a.limit());
            assertEquals("m", b.id(world));
            assertEquals(3, b.limit());
            assertEquals(WindowDef.NONE.timeZone(), "");
        }
    }

    private static Set<String> names(final World world, final int roleSet) {
        final Set<String> names = new HashSet<>();
        for (int i = 0; i < world.roleSets().size(roleSet); i++) {
            names.add(world.roles().name(world.roleSets().member(roleSet, i)));
        }
        return names;
    }
}
