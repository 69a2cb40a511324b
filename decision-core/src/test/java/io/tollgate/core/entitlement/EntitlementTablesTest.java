/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.entitlement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.registry.Registry;
import io.tollgate.core.world.def.AttributeValue;
import io.tollgate.core.world.def.DefinitionException;
import io.tollgate.core.world.def.EntitlementDef;
import io.tollgate.core.world.def.EntitlementSetDef;
import io.tollgate.core.world.def.FeatureDef;
import io.tollgate.core.world.def.FeatureType;
import io.tollgate.core.world.def.RegistryDef;
import io.tollgate.core.world.def.SubscriptionStatus;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EntitlementTablesTest {
    private static final int ASSISTANT = 0;
    private static final int REGION = 1;
    private static final int SETTINGS = 2;

    private final Registry registry = Registry.compile(new RegistryDef(
            1,
            0,
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(
                    new FeatureDef("assistant", FeatureType.BOOLEAN, "Assistant"),
                    new FeatureDef("region", FeatureType.STATIC, "Region"),
                    new FeatureDef("settings", FeatureType.CONFIG, "Settings")),
            List.of(),
            0));

    private static EntitlementDef on(final int feature) {
        return new EntitlementDef(feature, true, "", Map.of(), "plan pro");
    }

    private EntitlementTables compile(final EntitlementSetDef... sets) {
        return EntitlementTables.compile(registry, List.of(sets));
    }

    @Test
    void shouldTellMissingDisabledAndEnabledApart() {
        final EntitlementTables tables = compile(
                new EntitlementSetDef("free", List.of()),
                new EntitlementSetDef(
                        "pro",
                        List.of(on(SETTINGS), new EntitlementDef(ASSISTANT, false, "", Map.of(), "subscription"))));
        final int free = tables.findSet("free");
        final int pro = tables.findSet("pro");

        assertEquals(EntitlementTables.ENABLED, tables.status(tables.find(pro, SETTINGS)));
        assertEquals(EntitlementTables.DISABLED, tables.status(tables.find(pro, ASSISTANT)));
        assertEquals(EntitlementTables.MISSING, tables.status(tables.find(pro, REGION)));
        assertEquals(EntitlementTables.MISSING, tables.status(tables.find(free, SETTINGS)));
        assertEquals(EntitlementTables.MISSING, tables.status(tables.find(EntitlementTables.NONE, SETTINGS)));
        assertEquals(EntitlementTables.NONE, tables.findSet("gold"));
        assertEquals("subscription", tables.origin(tables.find(pro, ASSISTANT)));
        assertEquals(2, tables.setCount());
    }

    @Test
    void shouldCarryValuesForObligationsInTheOrderOfTheirKeys() {
        final Map<String, AttributeValue> config =
                Map.of("max_tokens", new AttributeValue.Whole(4096), "beta", new AttributeValue.Flag(true));
        final EntitlementTables tables = compile(new EntitlementSetDef(
                "pro",
                List.of(
                        new EntitlementDef(REGION, true, "eu-1", Map.of(), ""),
                        new EntitlementDef(SETTINGS, true, "", config, ""))));
        final int settings = tables.find(0, SETTINGS);

        assertEquals("eu-1", tables.staticValue(tables.find(0, REGION)));
        assertEquals(0, tables.configCount(tables.find(0, REGION)));
        assertEquals(2, tables.configCount(settings));
        assertEquals("beta", tables.configKey(settings, 0));
        assertEquals(new AttributeValue.Whole(4096), tables.configValue(settings, 1));
    }

    @Test
    void shouldRefuseWhatDoesNotResolveOrComesTwice() {
        refused("feature id 3", new EntitlementSetDef("pro", List.of(on(3))));
        refused("'assistant' comes twice", new EntitlementSetDef("pro", List.of(on(0), on(0))));
        refused("comes twice", new EntitlementSetDef("pro", List.of()), new EntitlementSetDef("pro", List.of()));
    }

    private void refused(final String part, final EntitlementSetDef... sets) {
        final DefinitionException refused = assertThrows(DefinitionException.class, () -> compile(sets));
        final String message = String.valueOf(refused.getMessage());
        assertTrue(message.contains(part) && message.contains("'pro'"), message);
    }

    @Test
    void shouldEntitleWhileActiveOrTrialingAndNotAtTheEnd() {
        final long end = 1_000;
        for (final SubscriptionStatus status : SubscriptionStatus.values()) {
            final boolean alive = status == SubscriptionStatus.ACTIVE || status == SubscriptionStatus.TRIALING;
            assertEquals(alive, Subscriptions.entitles(status.code(), end, end - 1), status.name());
            assertEquals(alive, Subscriptions.entitles(status.code(), Subscriptions.NEVER_ENDS, end), status.name());
            assertFalse(Subscriptions.entitles(status.code(), end, end), status.name());
        }
        assertFalse(Subscriptions.entitles(Subscriptions.NONE, Subscriptions.NEVER_ENDS, end));
        assertFalse(Subscriptions.entitles(99, Subscriptions.NEVER_ENDS, end));
    }
}
