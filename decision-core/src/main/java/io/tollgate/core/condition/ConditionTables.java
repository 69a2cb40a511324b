/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.condition;

import io.tollgate.core.attribute.AttributeLimits;
import io.tollgate.core.symbol.SymbolTable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The variables that the conditions of one world read, under slots dense from 0. Grows while the world's conditions are linked, by one
 * thread; immutable and safe for any thread from then on.
 */
public final class ConditionTables {
    /** Of a world without conditions. */
    public static final ConditionTables EMPTY = new ConditionTables();

    private final List<Variable> variables = new ArrayList<>();
    private final List<String> labels = new ArrayList<>();
    private final List<Integer> configKeys = new ArrayList<>();
    private final Map<Variable, Integer> slots = new HashMap<>();
    /** By program. */
    private final Map<ByteBuffer, LinkedCondition> linked = new HashMap<>();
    /** The same object in tables of which one goes on where the other ends: slots of the one are those of the other. */
    private final Object family;

    private int elements;

    ConditionTables() {
        family = new Object();
    }

    /** Goes on: the same variables under the same slots, and the same conditions. */
    private ConditionTables(final ConditionTables before) {
        variables.addAll(before.variables);
        labels.addAll(before.labels);
        configKeys.addAll(before.configKeys);
        slots.putAll(before.slots);
        linked.putAll(before.linked);
        family = before.family;
        elements = before.elements;
    }

    /** {@return tables that go on where these end, with keys of other entitlements} */
    ConditionTables renewed(final SymbolTable keys) {
        // the empty ones are everybody's, so nothing goes on there
        final ConditionTables more = this == EMPTY ? new ConditionTables() : new ConditionTables(this);
        for (int slot = 0; slot < variables.size(); slot++) {
            more.configKeys.set(slot, keys.find(variables.get(slot).key()));
        }
        return more;
    }

    /** {@return whether other tables say the same} */
    boolean isSame(final ConditionTables other) {
        return family == other.family
                && linked.size() == other.linked.size()
                && variables.size() == other.variables.size()
                && configKeys.equals(other.configKeys);
    }

    Map<ByteBuffer, LinkedCondition> linked() {
        return linked;
    }

    Object family() {
        return family;
    }

    /** {@return slot of a variable, new or known} */
    int slot(final Variable variable, final String label, final int configKey) {
        final Integer known = slots.putIfAbsent(variable, variables.size());
        if (known != null) {
            return known;
        }
        variables.add(variable);
        labels.add(label);
        configKeys.add(configKey);
        if (variable.type() == ValueType.STRING_LIST) {
            elements += Math.max(ConditionLimits.MAX_HELD_NAMES, AttributeLimits.MAX_LIST_ELEMENTS);
        }
        return variables.size() - 1;
    }

    /** {@return how many variables} */
    public int size() {
        return variables.size();
    }

    /** {@return the variable of a slot} */
    public Variable variable(final int slot) {
        return variables.get(slot);
    }

    /** {@return the variable of a slot for people: "attribute resource.region"} */
    public String label(final int slot) {
        return labels.get(slot);
    }

    /** {@return of a CONFIG variable the symbol of its key in the world's entitlements; missing when no entitlement has it} */
    public int configKey(final int slot) {
        return configKeys.get(slot);
    }

    /** {@return most elements of all lists together} */
    int elements() {
        return elements;
    }
}
