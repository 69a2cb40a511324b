/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.condition;

import io.tollgate.core.policy.ConditionLoader;
import io.tollgate.core.policy.ConditionProgram;
import io.tollgate.core.registry.Registry;
import io.tollgate.core.symbol.SymbolTable;
import io.tollgate.core.world.def.ConditionDef;
import io.tollgate.core.world.def.DefinitionException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * Verifies the programs of one snapshot and links them to its registry and entitlements. Equal programs become one condition. Used by one
 * thread; what it makes is safe for any once all conditions are linked.
 */
public final class ConditionLinker implements ConditionLoader {
    private final Registry registry;
    private final SymbolTable configKeys;
    private final ConditionTables before;
    private final ConditionTables tables;
    private final Map<String, ZoneOffsets> zones = new HashMap<>();

    /**
     * Starts without conditions.
     *
     * @param registry   that programs' numbers are of
     * @param configKeys keys of the config values of the snapshot's entitlements
     */
    public ConditionLinker(final Registry registry, final SymbolTable configKeys) {
        this(registry, configKeys, ConditionTables.EMPTY, new ConditionTables());
    }

    private ConditionLinker(
            final Registry registry,
            final SymbolTable configKeys,
            final ConditionTables before,
            final ConditionTables tables) {
        this.registry = registry;
        this.configKeys = configKeys;
        this.before = before;
        this.tables = tables;
    }

    /**
     * {@return one that goes on where another ended: conditions that were linked before are valid in its tables, and known}
     *
     * @param registry   the same
     * @param configKeys keys of the config values of the snapshot's entitlements
     * @param before     tables of the other; they stay as they are
     */
    public static ConditionLinker continuing(
            final Registry registry, final SymbolTable configKeys, final ConditionTables before) {
        return new ConditionLinker(registry, configKeys, before, before.renewed(configKeys));
    }

    /** {@return the variables of the conditions linked so far; complete when all are} */
    public ConditionTables tables() {
        return tables.isSame(before) ? before : tables;
    }

    @Override
    public ConditionProgram load(final ConditionDef condition, final String where) {
        final LinkedCondition same = tables.linked().get(ByteBuffer.wrap(condition.program()));
        if (same != null) {
            return same;
        }
        if (condition.program().length == 0) {
            throw new DefinitionException(where + ": condition '" + condition.source()
                    + "' has no program; a control plane of this version compiles one");
        }
        try {
            final LinkedCondition linked = link(ConditionDecoder.decode(condition.program()));
            tables.linked().put(ByteBuffer.wrap(condition.program()), linked);
            atMost("different conditions", tables.linked().size(), ConditionLimits.MAX_CONDITIONS);
            atMost("different variables in conditions", tables.size(), ConditionLimits.MAX_SNAPSHOT_VARIABLES);
            return linked;
        } catch (final ConditionFormatException | DefinitionException ex) {
            throw new DefinitionException(where + ": condition '" + condition.source() + "': " + ex.getMessage());
        }
    }

    private LinkedCondition link(final Expression condition) {
        final NodeFactory factory = new NodeFactory(this::slot, zones);
        final Node.Bool root = factory.bool(condition);
        return new LinkedCondition(tables, root, factory.slots(), (int) ExpressionCost.of(condition));
    }

    private int slot(final Variable variable) {
        switch (variable.source()) {
            case ATTRIBUTE -> {
                resolves("attribute", variable.id(), registry.attributes().size());
                final ValueType declared = ValueType.of(registry.attributeType(variable.id()));
                if (declared != variable.type()) {
                    throw new DefinitionException("compiled for attribute "
                            + registry.attributes().name(variable.id()) + " as "
                            + variable.type().label() + ", declared is "
                            + declared.label());
                }
            }
            case AMOUNT -> resolves("unit", variable.id(), registry.units().size());
            case CHARGE, USAGE ->
                resolves("dimension", variable.id(), registry.dimensions().size());
            case CONFIG ->
                resolves("feature", variable.id(), registry.features().size());
            default -> {
                // there is only one
            }
        }
        return tables.slot(variable, label(variable), configKeys.find(variable.key()));
    }

    private String label(final Variable variable) {
        final String source = variable.source().label();
        return switch (variable.source()) {
            case ATTRIBUTE -> "attribute " + registry.attributes().name(variable.id());
            case AMOUNT -> source + "['" + registry.units().name(variable.id()) + "']";
            case CHARGE, USAGE -> source + "['" + registry.dimensions().name(variable.id()) + "']";
            case CONFIG -> source + "['" + registry.features().name(variable.id()) + "']." + variable.key();
            default -> source;
        };
    }

    private static void resolves(final String what, final int id, final int count) {
        if (id >= count) {
            throw new DefinitionException(what + " id " + id + " does not resolve: the registry has " + count);
        }
    }

    private static void atMost(final String what, final int count, final int most) {
        if (count > most) {
            throw new DefinitionException("more than " + most + " " + what + " in one snapshot; merge some");
        }
    }
}
