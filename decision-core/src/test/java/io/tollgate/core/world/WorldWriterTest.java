/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import static io.tollgate.core.world.WorldFixture.apiKey;
import static io.tollgate.core.world.WorldFixture.ceiling;
import static io.tollgate.core.world.WorldFixture.department;
import static io.tollgate.core.world.WorldFixture.each;
import static io.tollgate.core.world.WorldFixture.global;
import static io.tollgate.core.world.WorldFixture.keyHash;
import static io.tollgate.core.world.WorldFixture.monthly;
import static io.tollgate.core.world.WorldFixture.organization;
import static io.tollgate.core.world.WorldFixture.plan;
import static io.tollgate.core.world.WorldFixture.principal;
import static io.tollgate.core.world.WorldFixture.project;
import static io.tollgate.core.world.WorldFixture.rate;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.Effect;
import io.tollgate.core.ScopeLevel;
import io.tollgate.core.world.def.CeilingDef;
import io.tollgate.core.world.def.ConditionDef;
import io.tollgate.core.world.def.DefinitionException;
import io.tollgate.core.world.def.PolicyDef;
import io.tollgate.core.world.def.RuleDef;
import io.tollgate.core.world.def.ScopeDef;
import io.tollgate.core.world.def.WhatDef;
import io.tollgate.core.world.def.WhoDef;
import io.tollgate.core.world.def.WindowDef;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorldWriterTest {
    @TempDir
    Path directory;

    /** Writes the scopes; the last must be refused. Afterwards the directory must be empty. */
    private String refusal(final ScopeDef... scopes) throws IOException {
        final DefinitionException refused;
        try (WorldWriter writer = WorldFixture.writer(directory, WorldFixture.tables(), new WorldFixture.Cells())) {
            for (int i = 0; i < scopes.length - 1; i++) {
                writer.add(scopes[i]);
            }
            refused = assertThrows(DefinitionException.class, () -> writer.add(scopes[scopes.length - 1]));
            assertThrows(IllegalStateException.class, () -> writer.add(organization("late", null)));
            assertThrows(IllegalStateException.class, writer::finish);
        }
        try (var listing = Files.list(directory)) {
            assertEquals(0, listing.count(), "files of a refused world must be deleted");
        }
        final String message = String.valueOf(refused.getMessage());
        assertTrue(message.contains(scopes[scopes.length - 1].path()), message);
        return message;
    }

    private static void says(final String message, final String... parts) {
        for (final String part : parts) {
            assertTrue(message.contains(part), message + " | should say: " + part);
        }
    }

    @Test
    void shouldRefuseAScopeBeforeItsParent() throws IOException {
        says(refusal(global(), project("acme", null, "rag")), "parent 'org:acme'", "comes after it");
    }

    @Test
    void shouldRefuseAParentOfTheWrongLevel() throws IOException {
        says(
                refusal(
                        global(),
                        organization("acme", null),
                        department("acme", "ml"),
                        WorldFixture.scope(ScopeLevel.DEPARTMENT, "org:acme/dept:sub", "sub", "org:acme/dept:ml")),
                "is a DEPARTMENT",
                "[ORGANIZATION]");
    }

    @Test
    void shouldRefuseAnOrganizationBeforeItsPlan() throws IOException {
        says(refusal(global(), organization("acme", "pro")), "plan 'plan:pro'");
    }

    @Test
    void shouldRefuseAPathThatComesTwice() throws IOException {
        says(refusal(global(), global()), "same GLOBAL 'global'");
        says(
                refusal(
                        global(),
                        organization("acme", null),
                        WorldFixture.scope(ScopeLevel.ORGANIZATION, "org:acme", "other", "global")),
                "paths are unique");
    }

    @Test
    void shouldRefuseTwoScopesThatRequestsCannotTellApart() throws IOException {
        says(
                refusal(
                        global(),
                        organization("acme", null),
                        WorldFixture.scope(ScopeLevel.ORGANIZATION, "org:acme2", "acme", "global")),
                "'org:acme' is the same ORGANIZATION 'acme'");
    }

    @Test
    void shouldRefuseAnApiKeyThatComesTwiceWithoutShowingIt() throws IOException {
        final String message = refusal(
                global(),
                organization("acme", null),
                organization("beta", null),
                apiKey("acme", "one", keyHash(9), "", ""),
                apiKey("beta", "two", keyHash(9), "", ""));
        says(message, "'org:acme/key:one' is the same API key");
        assertTrue(!message.contains("0909"), message);
    }

    @Test
    void shouldRefuseAnApiKeyWhoseHashIsNoSha256() throws IOException {
        says(refusal(global(), organization("acme", null), apiKey("acme", "k", new byte[20], "", "")), "20 bytes");
    }

    @Test
    void shouldRefuseAnApiKeyThatReachesIntoAnotherOrganization() throws IOException {
        says(
                refusal(
                        global(),
                        organization("acme", null),
                        organization("beta", null),
                        project("beta", null, "rag"),
                        apiKey("acme", "k", keyHash(1), "org:beta/project:rag", "")),
                "bound project",
                "another organization");
        says(
                refusal(
                        global(),
                        organization("acme", null),
                        organization("beta", null),
                        principal("beta", "user", "carol", List.of()),
                        apiKey("acme", "k", keyHash(1), "", "org:beta/user:carol")),
                "owner",
                "another organization");
    }

    @Test
    void shouldRefuseAnUnregisteredActorType() throws IOException {
        says(
                refusal(global(), organization("acme", null), principal("acme", "robot", "r2", List.of())),
                "actor type 'robot'",
                "[user, service]");
    }

    @Test
    void shouldRefuseAnEntitlementSetThatIsNotThere() throws IOException {
        says(refusal(global(), plan("gold"), organization("acme", "gold")), "entitlement set 'gold'");
    }

    @Test
    void shouldRefuseNamesThatAreTooLongOrEmpty() throws IOException {
        says(refusal(global(), organization("x".repeat(257), null)), "id is 257 bytes", "at most 256");
        says(refusal(global(), WorldFixture.scope(ScopeLevel.ORGANIZATION, "org:", "", "global")), "is empty");
    }

    @Test
    void shouldRefuseCeilingsThatMakeNoSense() throws IOException {
        final CeilingDef.Amount five = CeilingDef.Amount.of(5);
        says(refusal(global(ceiling("c", 9, five, WindowDef.NONE, null))), "dimension id 9", "has 3");
        says(refusal(global(rate("c", 60, 0))), "burst 0");
        says(refusal(global(monthly("c", -1))), "limit -1");
        says(
                refusal(global(ceiling(
                        "c",
                        WorldFixture.TOKENS_PER_MINUTE,
                        new CeilingDef.Amount(false, 5, 5),
                        WindowDef.NONE,
                        null))),
                "window of 0 ms");
        says(refusal(global(ceiling("c", WorldFixture.TOKENS_PER_MONTH, five, WindowDef.NONE, null))), "no period");
        says(refusal(global(monthly("c", 1), monthly("c", 2))), "'c' comes twice");
    }

    @Test
    void shouldRefuseEachCeilingsThatWouldLimitNobody() throws IOException {
        says(refusal(global(each(ScopeLevel.GLOBAL, monthly("c", 1)))), "EACH GLOBAL is not below GLOBAL");
        says(
                refusal(
                        global(),
                        organization("acme", null),
                        project("acme", null, "rag", each(ScopeLevel.PRINCIPAL, monthly("c", 1)))),
                "principals belong to organizations");
    }

    @Test
    void shouldRefuseAWorldWithoutGlobalScope() throws IOException {
        try (WorldWriter writer = WorldFixture.writer(directory, WorldFixture.tables(), new WorldFixture.Cells())) {
            says(
                    String.valueOf(assertThrows(DefinitionException.class, writer::finish)
                            .getMessage()),
                    "no global scope");
        }
    }

    @Test
    void shouldRefuseAPolicyOfAScopeThatIsNotThere() throws IOException {
        final RuleDef rule = new RuleDef("r", Effect.DENY, WhoDef.ANYBODY, new WhatDef(0), ConditionDef.ALWAYS, "", "");
        final WorldTables tables =
                WorldFixture.tables(new PolicyDef("global", List.of(rule)), new PolicyDef("org:gone", List.of(rule)));
        try (WorldWriter writer = WorldFixture.writer(directory, tables, new WorldFixture.Cells())) {
            writer.add(global());
            says(
                    String.valueOf(assertThrows(DefinitionException.class, writer::finish)
                            .getMessage()),
                    "'org:gone'",
                    "no scope");
        }
    }

    @Test
    void shouldNotWriteOverAWorld() throws IOException {
        WorldFixture.write(directory, WorldFixture.tables(), new WorldFixture.Cells(), global());
        assertThrows(
                FileAlreadyExistsException.class,
                () -> WorldFixture.writer(directory, WorldFixture.tables(), new WorldFixture.Cells()));
        World.open(directory, WorldFixture.tables(), WorldFixture.facts(1), World.Check.EVERY_BYTE)
                .close();
    }

    @Test
    void shouldPassOnWhatTheCellBinderThrowsAndDeleteTheFiles() throws IOException {
        final CellBinder full = (scope, definedAt, ceiling) -> {
            throw new IOException("no room for cells");
        };
        try (WorldWriter writer = WorldFixture.writer(directory, WorldFixture.tables(), full)) {
            assertThrows(IOException.class, () -> writer.add(global(monthly("m", 1))));
        }
        try (var listing = Files.list(directory)) {
            assertEquals(0, listing.count());
        }
    }

    @Test
    void shouldSpreadRowsOverSeveralFilesAndGrowItsIndexes() throws IOException {
        final WorldTables tables = WorldFixture.tables();
        final int organizations = 30;
        final int principals = 40;
        final WorldFiles files;
        try (WorldWriter writer = WorldWriter.create(
                new WorldWriterSettings(directory, 0, 1, 2, 1 << 16),
                tables,
                new WorldFixture.Cells(),
                WorldFixture::inlineRate)) {
            writer.add(global());
            for (int o = 0; o < organizations; o++) {
                writer.add(organization("org-" + o, null, monthly("m" + o, o)));
                for (int p = 0; p < principals; p++) {
                    writer.add(
                            principal("org-" + o, "user", "p" + p, List.of("role-" + p % 7), rate("r", 60 + o, 1 + p)));
                }
            }
            files = writer.finish();
        }
        assertTrue(files.files().size() > 6, "rows in several files: " + files);
        try (World world = World.open(directory, tables, WorldFixture.facts(1), World.Check.EVERY_BYTE)) {
            for (int o = 0; o < organizations; o++) {
                final long organization = WorldFixture.organization(world, "org-" + o);
                final ScopeRow row = WorldFixture.row(world, organization);
                assertEquals("m" + o, WorldFixture.ceilings(world, row).get(0).id(world));
                for (int p = 0; p < principals; p++) {
                    final ScopeRow principal = WorldFixture.row(
                            world, WorldFixture.findPrincipal(world, organization, WorldFixture.USER, "p" + p));
                    final CeilingRow rate =
                            WorldFixture.ceilings(world, principal).get(0);
                    assertEquals("org:org-" + o + "/user:p" + p, principal.path());
                    assertEquals(principal.ref(), world.findPath(principal.path()));
                    assertEquals(60 + o, rate.limit());
                    assertEquals(1 + p, rate.burst());
                    assertEquals("r", rate.id(world));
                    assertEquals(
                            "role-" + p % 7, world.roles().name(world.roleSets().member(principal.roleSetId(), 0)));
                }
                assertEquals(
                        World.NOT_FOUND,
                        WorldFixture.findPrincipal(world, organization, WorldFixture.USER, "p" + principals));
            }
        }
    }

    @Test
    void shouldRefuseARowThatFitsIntoNoFile() throws IOException {
        final List<CeilingDef> many = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            many.add(monthly("m" + i, i));
        }
        try (WorldWriter writer = WorldWriter.create(
                new WorldWriterSettings(directory, 0, 1, 2, 4096),
                WorldFixture.tables(),
                new WorldFixture.Cells(),
                WorldFixture::inlineRate)) {
            final IOException refused =
                    assertThrows(IOException.class, () -> writer.add(global(many.toArray(new CeilingDef[0]))));
            says(String.valueOf(refused.getMessage()), "does not fit into a file of 4096 bytes");
        }
    }
}
