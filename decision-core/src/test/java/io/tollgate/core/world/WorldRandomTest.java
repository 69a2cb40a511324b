/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import static io.tollgate.core.world.WorldFixture.row;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tollgate.core.ScopeLevel;
import io.tollgate.core.world.def.CeilingDef;
import io.tollgate.core.world.def.ScopeDef;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random directories against a map of what went into them: names that share beginnings and hash words, EACH ceilings at every level. */
class WorldRandomTest {
    private static final int WORLDS = 40;
    private static final String[] LETTERS = {"a", "b", "aaaaaaaa", "é", "語", "-", "0"};
    private static final ScopeLevel[] EACH = {
        ScopeLevel.ORGANIZATION, ScopeLevel.DEPARTMENT, ScopeLevel.PROJECT, ScopeLevel.PRINCIPAL
    };

    @TempDir
    Path directory;

    private final Map<String, ScopeDef> scopes = new LinkedHashMap<>();

    @Test
    void shouldGiveBackExactlyWhatWentIn() throws IOException {
        final long seed = Long.getLong("tollgate.seed", System.nanoTime());
        for (int i = 0; i < WORLDS; i++) {
            final Random random = new Random(seed + i);
            final Path where = java.nio.file.Files.createDirectory(directory.resolve("world-" + i));
            scopes.clear();
            fill(random);
            final WorldFixture.Cells cells = new WorldFixture.Cells();
            final WorldTables tables = WorldFixture.tables();
            try (WorldWriter writer = WorldWriter.create(
                    new WorldWriterSettings(where, random.nextInt(300), 1, 2, 1 << 14 + random.nextInt(5)),
                    tables,
                    cells,
                    WorldFixture::inlineRate)) {
                for (final ScopeDef scope : scopes.values()) {
                    writer.add(scope);
                }
                writer.finish();
            }
            try (World world = World.open(where, tables, WorldFixture.facts(1), World.Check.EVERY_BYTE)) {
                verify(world, cells, "seed " + (seed + i));
            }
        }
    }

    private void fill(final Random random) {
        put(WorldFixture.global(ceilings(random, ScopeLevel.GLOBAL)));
        put(WorldFixture.plan("pro", ceilings(random, ScopeLevel.PLAN)));
        put(WorldFixture.plan("free", ceilings(random, ScopeLevel.PLAN)));
        final int organizations = 1 + random.nextInt(6);
        for (int o = 0; o < organizations; o++) {
            final String organization = name(random);
            final String plan = new String[] {null, "pro", "free"}[random.nextInt(3)];
            if (!put(WorldFixture.organization(organization, plan, ceilings(random, ScopeLevel.ORGANIZATION)))) {
                continue;
            }
            final List<String> departments = new ArrayList<>();
            for (int d = random.nextInt(4); d > 0; d--) {
                final String department = name(random);
                if (put(WorldFixture.department(organization, department, ceilings(random, ScopeLevel.DEPARTMENT)))) {
                    departments.add(department);
                }
            }
            for (int p = random.nextInt(8); p > 0; p--) {
                final int home = random.nextInt(departments.size() + 1) - 1;
                put(WorldFixture.project(
                        organization,
                        home < 0 ? null : departments.get(home),
                        name(random),
                        ceilings(random, ScopeLevel.PROJECT)));
            }
            for (int p = random.nextInt(60); p > 0; p--) {
                final String type = random.nextBoolean() ? "user" : "service";
                put(WorldFixture.principal(
                        organization,
                        type,
                        name(random),
                        List.of(name(random), name(random)),
                        ceilings(random, ScopeLevel.PRINCIPAL)));
            }
        }
    }

    private boolean put(final ScopeDef scope) {
        return scopes.putIfAbsent(scope.path(), scope) == null;
    }

    private static String name(final Random random) {
        final StringBuilder name = new StringBuilder();
        for (int i = 1 + random.nextInt(5); i > 0; i--) {
            name.append(LETTERS[random.nextInt(LETTERS.length)]);
        }
        return name.toString();
    }

    private static CeilingDef[] ceilings(final Random random, final ScopeLevel level) {
        final List<CeilingDef> ceilings = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            final CeilingDef shared =
                    switch (random.nextInt(3)) {
                        case 0 -> WorldFixture.rate("c" + i, random.nextInt(100), 1 + random.nextInt(10));
                        case 1 -> WorldFixture.monthly("c" + i, random.nextInt(100));
                        default -> WorldFixture.gauge("c" + i, random.nextInt(100));
                    };
            final ScopeLevel each = EACH[random.nextInt(EACH.length)];
            final boolean below = each.code() > level.code()
                    && (each != ScopeLevel.PRINCIPAL || level.code() <= ScopeLevel.ORGANIZATION.code());
            ceilings.add(below && random.nextBoolean() ? WorldFixture.each(each, shared) : shared);
        }
        return ceilings.toArray(new CeilingDef[0]);
    }

    private void verify(final World world, final WorldFixture.Cells cells, final String where) {
        final Set<Long> cellsSeen = new HashSet<>();
        final Map<String, Long> organizations = new HashMap<>();
        for (final ScopeDef scope : scopes.values()) {
            final long found = find(world, scope, organizations);
            final ScopeRow row = row(world, found);
            assertEquals(scope.path(), row.path(), where);
            assertEquals(scope.id(), row.id(), where);
            assertEquals(scope.displayName(), row.displayName(), where);
            assertEquals(found, world.findPath(scope.path()), where);
            final List<String> expected = expectedCeilings(scope);
            final List<String> actual = new ArrayList<>();
            for (final CeilingRow ceiling : WorldFixture.ceilings(world, row)) {
                cellsSeen.add(ceiling.cellRef());
                final String definedAt = row(world, ceiling.definedAtRow()).path();
                final String key =
                        scope.path() + " " + definedAt + " " + ceiling.id(world) + " " + ceiling.dimensionId();
                assertEquals(cells.refs.get(key), ceiling.cellRef(), where + " " + key);
                actual.add(definedAt + " " + ceiling.id(world) + " " + ceiling.dimensionId() + " " + ceiling.limit()
                        + " " + ceiling.burst());
            }
            assertEquals(expected, actual, where + " " + scope.path());
        }
        assertEquals(cells.refs.size(), cellsSeen.size(), where);
        assertEquals(scopes.size(), world.scopeCount(), where);
    }

    private static long find(final World world, final ScopeDef scope, final Map<String, Long> organizations) {
        final String path = scope.path();
        final int slash = path.indexOf('/');
        final long organization = slash < 0 ? World.NO_ROW : organizations.get(path.substring(0, slash));
        final long found = scope.level() == ScopeLevel.PRINCIPAL
                ? WorldFixture.findPrincipal(
                        world,
                        organization,
                        world.registry().actorTypes().find(scope.actor().actorType()),
                        scope.id())
                : WorldFixture.find(world, scope.level(), organization, scope.id());
        if (scope.level() == ScopeLevel.ORGANIZATION) {
            organizations.put(path, found);
        }
        return found;
    }

    /** Own ceilings, then those that scopes above define for each scope of this level, from global down. */
    private List<String> expectedCeilings(final ScopeDef scope) {
        final List<String> expected = new ArrayList<>();
        for (final CeilingDef ceiling : scope.holdings().ceilings()) {
            if (ceiling.eachLevel() == null) {
                expected.add(line(scope.path(), ceiling));
            }
        }
        final List<ScopeDef> above = new ArrayList<>();
        for (ScopeDef up = scopes.get(scope.parentPath()); up != null; up = scopes.get(up.parentPath())) {
            above.add(0, up);
            if (up.level() == ScopeLevel.ORGANIZATION && up.holdings().subscription() != null) {
                above.add(0, scopes.get(up.holdings().subscription().planPath()));
            }
        }
        if (scope.level() == ScopeLevel.ORGANIZATION && scope.holdings().subscription() != null) {
            above.add(scopes.get(scope.holdings().subscription().planPath()));
        }
        above.stream()
                .sorted(java.util.Comparator.comparing(ScopeDef::level))
                .forEach(definer -> definer.holdings().ceilings().stream()
                        .filter(ceiling -> ceiling.eachLevel() == scope.level())
                        .forEach(ceiling -> expected.add(line(definer.path(), ceiling))));
        return expected;
    }

    private static String line(final String definedAt, final CeilingDef ceiling) {
        final CeilingDef.Amount amount = ceiling.amount();
        // a rate of 0 lets nothing through, not even a burst
        final long burst = amount.limit() == 0 ? 0 : amount.burst();
        return definedAt + " " + ceiling.id() + " " + ceiling.dimensionId() + " " + amount.limit() + " " + burst;
    }
}
