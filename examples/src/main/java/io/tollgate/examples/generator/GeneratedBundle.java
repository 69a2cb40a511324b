/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.examples.generator;

import io.tollgate.core.world.def.AttributeValue;
import io.tollgate.core.world.def.EntitlementDef;
import io.tollgate.core.world.def.EntitlementSetDef;
import io.tollgate.core.world.def.PolicyDef;
import io.tollgate.core.world.def.PoolDef;
import io.tollgate.core.world.def.PriceBookDef;
import io.tollgate.core.world.def.RegistryDef;
import io.tollgate.core.world.def.ScopeDef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Everything of a generated bundle: what a world or a snapshot is built from. */
public final class GeneratedBundle {
    /** Obligation that carries the shape's stamp. */
    public static final String STAMP_KEY = "data_stamp";

    private final GeneratedShape shape;

    /** Describes a bundle; nothing is made before it is asked for. */
    public GeneratedBundle(final GeneratedShape shape) {
        this.shape = shape;
    }

    /** {@return how much} */
    public GeneratedShape shape() {
        return shape;
    }

    /** {@return the registry} */
    public RegistryDef registry() {
        return GeneratedRegistry.registry();
    }

    /** {@return what is paid for what} */
    public List<PriceBookDef> priceBooks() {
        return GeneratedCredit.priceBooks();
    }

    /** {@return what physically exists} */
    public List<PoolDef> pools() {
        return GeneratedCapacity.pools(shape);
    }

    /** {@return one set per plan, in the order of their ids} */
    public List<EntitlementSetDef> entitlementSets() {
        final List<EntitlementSetDef> sets = new ArrayList<>();
        for (int plan = 0; plan < Plans.COUNT; plan++) {
            final Map<String, AttributeValue> config = new TreeMap<>();
            config.put("max_context_tokens", new AttributeValue.Whole(128_000));
            if (shape.stamp() != 0) {
                config.put(STAMP_KEY, new AttributeValue.Whole(shape.stamp()));
            }
            sets.add(new EntitlementSetDef(
                    Plans.entitlementSet(plan),
                    List.of(new EntitlementDef(
                            GeneratedRegistry.LLM_ACCESS, true, "", config, "plan " + Plans.id(plan)))));
        }
        return sets;
    }

    /** Hands out every policy, in the order of the scope paths. */
    public void forEachPolicy(final Consumer<PolicyDef> sink) {
        new GeneratedPolicies(shape).forEach(sink);
    }

    /** Hands out every scope; scopes above, owners and bound projects come before what refers to them. */
    public void forEachScope(final Consumer<ScopeDef> sink) {
        new GeneratedScopes(shape).forEach(sink);
    }
}
