/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.v1.CeilingRecord;
import io.tollgate.v1.CeilingSharing;
import io.tollgate.v1.DimensionKind;
import io.tollgate.v1.Enforcement;
import io.tollgate.v1.EntitlementRecord;
import io.tollgate.v1.EntitlementSetRecord;
import io.tollgate.v1.EntityState;
import io.tollgate.v1.OperationRecord;
import io.tollgate.v1.Period;
import io.tollgate.v1.Plane;
import io.tollgate.v1.PolicyRecord;
import io.tollgate.v1.PriceRecord;
import io.tollgate.v1.RuleRecord;
import io.tollgate.v1.ScopeLevel;
import io.tollgate.v1.ScopeRecord;
import io.tollgate.v1.SubscriptionStatus;
import io.tollgate.v1.TrancheRecord;
import io.tollgate.v1.WalletRecord;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the sample organisation compiles to. */
class AcmeTest {
    private static final Path ACME =
            Path.of(System.getProperty("tollgate.root", "..")).resolve("examples/acme");
    private static final CompileResult RESULT =
            BundleCompiler.compile(ACME, InstantSource.fixed(Instant.parse("2026-11-20T12:00:00Z")));
    private static final CompiledBundle BUNDLE = RESULT.bundle().orElseThrow();

    @Test
    void shouldCompileWithoutAnyFinding() {
        assertEquals(List.of(), RESULT.diagnostics());
    }

    @Test
    void shouldHaveAllThatItTellsOf() {
        Map<ScopeLevel, Integer> scopes = new EnumMap<>(ScopeLevel.class);
        BUNDLE.scopes().forEach(scope -> scopes.merge(scope.getScope().getLevel(), 1, Integer::sum));
        assertEquals(
                Map.of(
                        ScopeLevel.SCOPE_LEVEL_GLOBAL, 1,
                        ScopeLevel.SCOPE_LEVEL_PLAN, 3,
                        ScopeLevel.SCOPE_LEVEL_ORGANIZATION, 6,
                        ScopeLevel.SCOPE_LEVEL_DEPARTMENT, 5,
                        ScopeLevel.SCOPE_LEVEL_PROJECT, 10,
                        ScopeLevel.SCOPE_LEVEL_PRINCIPAL, 20,
                        ScopeLevel.SCOPE_LEVEL_API_KEY, 8),
                scopes);
        assertEquals(14, BUNDLE.registry().getOperationsCount());
        assertEquals(12, BUNDLE.policies().size());
        assertTrue(BUNDLE.tests().size() >= 59);
        assertEquals("acme", BUNDLE.bundle());
    }

    @Test
    void shouldConvertDerivedUnitsToBaseUnits() {
        int hour = BUNDLE.registry().getUnitsList().stream()
                .filter(unit -> unit.getName().equals("gpu_hour"))
                .mapToInt(BUNDLE.registry().getUnitsList()::indexOf)
                .findFirst()
                .orElseThrow();

        assertEquals(3_600_000, BUNDLE.registry().getUnits(hour).getFactor());
        assertEquals(
                "gpu_millisecond",
                BUNDLE.registry()
                        .getUnits(BUNDLE.registry().getUnits(hour).getBaseUnitId())
                        .getName());
        CeilingRecord day = ceiling("org:lumen/department:research", "gpu-day");
        assertEquals(600L * 3_600_000, day.getLimit());
        assertEquals("Europe/Berlin", day.getWindow().getTimeZone());
        assertEquals(Period.PERIOD_DAILY, day.getWindow().getPeriod());
    }

    @Test
    void shouldCompileAnOperationWithItsChargesAndPlanes() {
        OperationRecord invoke = operation("llm", "model", "invoke");

        assertEquals(3, invoke.getChargesCount());
        assertEquals(
                List.of("llm.requests:1", "llm.tokens_rate:usage", "llm.tokens:usage"),
                invoke.getChargesList().stream()
                        .map(charge -> BUNDLE.registry()
                                        .getDimensions(charge.getDimensionId())
                                        .getName() + ":" + (charge.getFromUsage() ? "usage" : charge.getConstant()))
                        .toList());
        assertEquals(
                "llm.tokens",
                BUNDLE.registry().getFeatures(invoke.getFeatureRef() - 1).getLookupKey());
        assertEquals(
                List.of(Plane.PLANE_DIRECTORY, Plane.PLANE_POLICY, Plane.PLANE_ENTITLEMENT, Plane.PLANE_QUOTA),
                invoke.getPlanesList());
        assertEquals(0, invoke.getStalenessGraceMs(), "launch-sensitive unless marked tolerant");
        assertEquals(
                List.of(Plane.PLANE_DIRECTORY, Plane.PLANE_POLICY),
                operation("compute", "gpu_instance", "stop").getPlanesList());
        assertEquals(3_600_000, operation("compute", "gpu_instance", "stop").getStalenessGraceMs());
    }

    @Test
    void shouldMakeSharedCeilingsOfMeteredEntitlements() {
        CeilingRecord lumen = ceiling("org:lumen", "entitlement:compute.gpu");
        assertEquals(CeilingSharing.CEILING_SHARING_SHARED, lumen.getSharing());
        assertEquals(12_000L * 3_600_000, lumen.getLimit(), "the override, in GPU hours");
        assertEquals(Period.PERIOD_MONTHLY, lumen.getWindow().getPeriod());
        assertEquals(
                Instant.parse("2026-01-15T09:00:00Z").toEpochMilli(),
                lumen.getWindow().getAnchorMs());
        assertEquals("Europe/Berlin", lumen.getWindow().getTimeZone());
        assertEquals("entitlement", lumen.getOrigin());

        assertTrue(ceiling("org:lumen", "entitlement:llm.tokens").getUnlimited());
        CeilingRecord fernway = ceiling("org:fernway", "entitlement:llm.tokens");
        assertEquals(75_000_000, fernway.getLimit(), "the plan's and what was bought on top");
        assertEquals(0, fernway.getWindow().getAnchorMs(), "calendar");
        assertEquals("America/New_York", fernway.getWindow().getTimeZone());
        assertEquals(
                Enforcement.ENFORCEMENT_SOFT,
                ceiling("org:fernway", "entitlement:compute.gpu").getEnforcement());
    }

    @Test
    void shouldOverrideOneLimit() {
        CeilingRecord trial = ceiling("org:brightside", "trial-tokens");
        assertEquals(5_000_000, trial.getLimit());
        assertEquals(8_000_000, trial.getOverride().getLimit());
        assertEquals("longer-trial", trial.getOverride().getId());
    }

    @Test
    void shouldHangTheSubscriptionOnTheCustomersScope() {
        assertEquals(
                SubscriptionStatus.SUBSCRIPTION_STATUS_PAUSED,
                scope("org:quarry").getSubscription().getStatus());
        assertEquals("plan:enterprise", scope("org:lumen").getSubscription().getPlanPath());
        assertEquals(
                "lumen-showroom",
                scope("org:lumen/project:showroom").getSubscription().getCustomerExternalId());
    }

    @Test
    void shouldShareEntitlementSetsOfEqualContent() {
        String quarry = scope("org:quarry").getSubscription().getEntitlementSetId();
        String showroom = scope("org:lumen/project:showroom").getSubscription().getEntitlementSetId();
        String fernway = scope("org:fernway").getSubscription().getEntitlementSetId();

        assertEquals(quarry, showroom, "both have the plan as it is");
        assertTrue(!quarry.equals(fernway), "one has bought more");
        assertEquals(5, BUNDLE.entitlementSets().size());
    }

    @Test
    void shouldCarryValuesOfStaticAndConfigFeatures() {
        String id = scope("org:lumen").getSubscription().getEntitlementSetId();
        EntitlementSetRecord set = BUNDLE.entitlementSets().stream()
                .filter(s -> s.getId().equals(id))
                .findFirst()
                .orElseThrow();
        EntitlementRecord terms = entitlement(set, "llm.terms");

        assertEquals(256_000, terms.getConfigOrThrow("max_context_tokens").getIntValue());
        assertEquals(
                List.of("small", "medium", "large"),
                terms.getConfigOrThrow("models").getStringList().getValuesList());
        assertEquals("around-the-clock", entitlement(set, "support").getStaticValue());
        assertEquals("subscription sub-lumen", entitlement(set, "compute.gpu").getOrigin());
        assertEquals("plan enterprise", entitlement(set, "sso").getOrigin());
    }

    @Test
    void shouldExpandWhatARuleIsAbout() {
        RuleRecord indexer = rule("org:fernway", "indexer");

        assertEquals(
                List.of("llm/embedding/create"),
                indexer.getOperationIdsList().stream()
                        .map(id -> BUNDLE.registry().getOperations(id))
                        .map(o -> o.getProduct() + "/" + o.getResourceType() + "/" + o.getAction())
                        .toList());
        assertEquals(List.of("llm:invoke"), indexer.getTokenScopesList());
        assertTrue(indexer.getSource().startsWith("policies/fernway.yaml:"), indexer.getSource());
        assertEquals(14, rule("global", "hand-down").getOperationIdsCount());
    }

    @Test
    void shouldNameWhoOwnsAnApiKeyAndWhereItWorks() {
        ScopeRecord key = scope("org:lumen/key:rag-prod");

        assertEquals("org:lumen/service:rag-api", key.getOwnerPath());
        assertEquals("org:lumen/project:rag", key.getBoundProjectPath());
        assertEquals("org:lumen", key.getParentPath());
        assertEquals(
                "org:lumen/department:platform", scope("org:lumen/project:rag").getParentPath());
        assertEquals("agent", scope("org:lumen/agent:scout").getActorType());
        assertEquals(EntityState.ENTITY_STATE_DISABLED, scope("org:oldmill").getState());
    }

    @Test
    void shouldHoldTheHashesOfTheDemoKeysOfItsReadme() throws Exception {
        Matcher row = Pattern.compile("(?m)^\\| `([a-z-]+)`[^|]*\\| ([a-z]+) \\| `(demo-key-[a-z-]+)` \\|$")
                .matcher(Files.readString(ACME.resolve("README.md")));
        int keys = 0;
        while (row.find()) {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest(row.group(3).getBytes(StandardCharsets.UTF_8));
            ScopeRecord key = scope("org:" + row.group(2) + "/key:" + row.group(1));
            assertEquals(
                    HexFormat.of().formatHex(hash),
                    HexFormat.of().formatHex(key.getApiKeySha256().toByteArray()),
                    row.group(3));
            keys++;
        }
        assertEquals(8, keys);
    }

    @Test
    void shouldKeepMoneyInFixedPoint() {
        WalletRecord wallet = BUNDLE.commerce().wallets().stream()
                .filter(w -> w.getId().equals("wallet-lumen"))
                .findFirst()
                .orElseThrow();
        TrancheRecord purchase = wallet.getTranches(0);
        TrancheRecord welcome = wallet.getTranches(2);

        assertEquals("org:lumen", wallet.getScopePath());
        assertEquals(7_420_500_000L, purchase.getRemaining());
        assertEquals("sub-lumen/welcome/1", welcome.getId());
        assertEquals(500_000_000L, welcome.getAmount());
        assertEquals(Instant.parse("2027-01-15T09:00:00Z").toEpochMilli(), welcome.getExpiresAtMs());
        PriceRecord gpu = BUNDLE.commerce().priceBooks().get(0).getPrices(2);
        assertEquals(2_900_000, gpu.getAmount());
        assertEquals(3_600_000, gpu.getPerQuantity(), "per GPU hour");
        assertEquals(2, BUNDLE.commerce().capacityPools().size());
        assertEquals("org:lumen", BUNDLE.commerce().capacityPools().get(0).getReservedForPath());
    }

    @Test
    void shouldLimitOnlyWhatTheEngineCanCount() {
        for (ScopeRecord scope : BUNDLE.scopes()) {
            for (CeilingRecord ceiling : scope.getCeilingsList()) {
                DimensionKind kind = BUNDLE.registry()
                        .getDimensions(ceiling.getDimensionId())
                        .getKind();
                assertEquals(
                        kind == DimensionKind.DIMENSION_KIND_RATE,
                        ceiling.getWindow().getLengthMs() > 0,
                        ceiling::toString);
            }
        }
        CeilingRecord burst = ceiling("org:lumen/project:rag", "tokens-per-minute");
        assertEquals(600_000, burst.getBurst(), "a burst defaults to the limit");
        assertEquals(2_400, ceiling("org:lumen/project:rag", "requests").getDelegableUpTo());
    }

    private static ScopeRecord scope(String path) {
        return BUNDLE.scopes().stream()
                .filter(scope -> scope.getScope().getPath().equals(path))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no scope " + path));
    }

    private static CeilingRecord ceiling(String path, String id) {
        return scope(path).getCeilingsList().stream()
                .filter(ceiling -> ceiling.getId().equals(id))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no limit " + id + " at " + path));
    }

    private static OperationRecord operation(String product, String type, String action) {
        return BUNDLE.registry().getOperationsList().stream()
                .filter(o -> o.getProduct().equals(product)
                        && o.getResourceType().equals(type)
                        && o.getAction().equals(action))
                .findFirst()
                .orElseThrow();
    }

    private static RuleRecord rule(String path, String id) {
        return BUNDLE.policies().stream()
                .filter(policy -> policy.getScope().getPath().equals(path))
                .map(PolicyRecord::getRulesList)
                .flatMap(List::stream)
                .filter(rule -> rule.getId().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static EntitlementRecord entitlement(EntitlementSetRecord set, String feature) {
        return set.getEntitlementsList().stream()
                .filter(e -> BUNDLE.registry()
                        .getFeatures(e.getFeatureId())
                        .getLookupKey()
                        .equals(feature))
                .findFirst()
                .orElseThrow();
    }
}
