/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.examples.generator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.ScopeLevel;
import io.tollgate.core.world.def.CeilingDef;
import io.tollgate.core.world.def.PolicyDef;
import io.tollgate.core.world.def.RuleDef;
import io.tollgate.core.world.def.ScopeDef;
import io.tollgate.core.world.def.SubscriptionDef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class GeneratedBundleTest {
    private static final GeneratedShape SHAPE = new GeneratedShape(6_001, 7, 0);

    private final Map<String, ScopeDef> scopes = new LinkedHashMap<>();
    private final Map<String, PolicyDef> policies = new HashMap<>();

    @Test
    void shouldHandOutEverythingBeforeWhatRefersToIt() {
        new GeneratedBundle(SHAPE).forEachScope(scope -> {
            if (scope.level() != ScopeLevel.GLOBAL) {
                assertNotNull(
                        scopes.get(scope.parentPath()), () -> scope.path() + " comes before " + scope.parentPath());
            }
            for (final String reference : references(scope)) {
                assertNotNull(scopes.get(reference), () -> scope.path() + " comes before " + reference);
            }
            assertEquals(null, scopes.put(scope.path(), scope), () -> scope.path() + " comes twice");
        });
        assertEquals(SHAPE.scopes(), scopes.size());
        assertEquals(2, SHAPE.organizations());
    }

    @Test
    void shouldGiveEveryKeyAChainOfSevenScopesWithThreeCeilingsEach() {
        load(SHAPE);
        int keys = 0;
        for (final ScopeDef key : scopes.values()) {
            if (key.level() == ScopeLevel.API_KEY) {
                final List<ScopeDef> chain = chain(key);
                assertEquals(7, chain.size());
                for (int i = 0; i < chain.size(); i++) {
                    assertEquals(ScopeLevel.values()[i], chain.get(i).level());
                    assertEquals(3, chain.get(i).holdings().ceilings().size());
                }
                keys++;
            }
        }
        assertEquals(SHAPE.principals(), keys);
    }

    @Test
    void shouldSpreadTwoHundredCandidateRulesOverEveryChain() {
        load(SHAPE);
        for (final ScopeDef key : scopes.values()) {
            if (key.level() == ScopeLevel.API_KEY) {
                int candidates = 0;
                for (final ScopeDef scope : chain(key)) {
                    final PolicyDef policy = policies.get(scope.path());
                    for (final RuleDef rule : policy == null ? List.<RuleDef>of() : policy.rules()) {
                        candidates += rule.what().operationId(0) == GeneratedRegistry.INVOKE ? 1 : 0;
                    }
                }
                assertEquals(GeneratedPolicies.CANDIDATES, candidates, key.path());
            }
        }
    }

    @Test
    void shouldMakeTheSameAgainFromTheSameSeedAndOtherRolesFromAnother() {
        load(SHAPE);
        final Map<String, String> first = texts();
        load(SHAPE);
        assertEquals(first, texts());
        load(new GeneratedShape(SHAPE.principals(), 8, 0));
        assertNotEquals(first, texts());
        assertEquals(first.keySet(), texts().keySet());
    }

    @Test
    void shouldShowItsStampInLimitsRulesAndObligations() {
        load(SHAPE.stamped(5));
        for (final ScopeDef scope : scopes.values()) {
            for (final CeilingDef ceiling : scope.holdings().ceilings()) {
                assertEquals(
                        GeneratedLimits.limit(ceiling.dimensionId(), scope.level(), 0) + 5,
                        ceiling.amount().limit());
            }
        }
        policies.values().forEach(policy -> policy.rules()
                .forEach(rule -> assertTrue(rule.id().endsWith("-s5"))));
        new GeneratedBundle(SHAPE.stamped(5))
                .entitlementSets()
                .forEach(set -> assertNotNull(set.entitlements().get(0).config().get(GeneratedBundle.STAMP_KEY)));
    }

    @Test
    void shouldAskForThePrincipalsOwnProjectWithItsOwnKey() {
        load(SHAPE);
        final Map<String, ScopeDef> byHash = new HashMap<>();
        scopes.values().stream()
                .filter(s -> s.level() == ScopeLevel.API_KEY)
                .forEach(s -> byHash.put(HexFormat.of().formatHex(s.actor().apiKeySha256()), s));
        final GeneratedRequests requests = new GeneratedRequests(SHAPE);
        for (int principal = 0; principal < SHAPE.principals(); principal += 101) {
            final var request = requests.byKey(principal);
            final ScopeDef key = Objects.requireNonNull(byHash.get(HexFormat.of()
                    .formatHex(request.getActor().getApiKeySha256().toByteArray())));
            final String place = "org:" + request.getPlace().getOrganization() + "/project:"
                    + request.getPlace().getProject();
            assertEquals(place, key.actor().boundProjectPath());
            final var named = requests.byName(principal).getActor();
            assertTrue(key.actor().ownerPath().endsWith("/" + named.getType() + ":" + named.getId()));
        }
    }

    private void load(final GeneratedShape shape) {
        scopes.clear();
        policies.clear();
        final GeneratedBundle bundle = new GeneratedBundle(shape);
        bundle.forEachScope(scope -> scopes.put(scope.path(), scope));
        bundle.forEachPolicy(policy -> policies.put(policy.scopePath(), policy));
    }

    private Map<String, String> texts() {
        final Map<String, String> texts = new HashMap<>();
        scopes.forEach((path, scope) -> texts.put(
                path,
                scope.actor().roles() + " " + scope.holdings() + " "
                        + scope.actor().ownerPath()));
        return texts;
    }

    private static List<String> references(final ScopeDef scope) {
        final List<String> paths = new ArrayList<>();
        final SubscriptionDef subscription = scope.holdings().subscription();
        if (subscription != null) {
            paths.add(subscription.planPath());
        }
        if (scope.level() == ScopeLevel.API_KEY) {
            paths.add(scope.actor().ownerPath());
            paths.add(scope.actor().boundProjectPath());
        }
        return paths;
    }

    private List<ScopeDef> chain(final ScopeDef key) {
        final ScopeDef project = scope(key.actor().boundProjectPath());
        final ScopeDef department = scope(project.parentPath());
        final ScopeDef organization = scope(department.parentPath());
        final SubscriptionDef subscription =
                Objects.requireNonNull(organization.holdings().subscription());
        return List.of(
                scope("global"),
                scope(subscription.planPath()),
                organization,
                department,
                project,
                scope(key.actor().ownerPath()),
                key);
    }

    private ScopeDef scope(final String path) {
        return Objects.requireNonNull(scopes.get(path), path);
    }
}
