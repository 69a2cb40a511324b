/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.DecideMode;
import io.tollgate.core.ScopeLevel;
import io.tollgate.core.attribute.AttributeBlock;
import io.tollgate.core.condition.ConditionFrame;
import io.tollgate.core.condition.ConditionSource;
import io.tollgate.core.condition.ConditionTables;
import io.tollgate.core.condition.Variable;
import io.tollgate.core.condition.VariableSource;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.Field;
import io.tollgate.core.symbol.SymbolTable;
import io.tollgate.core.world.ScopeRow;
import io.tollgate.core.world.World;
import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Values of variables in conditions, for the evaluation of one worker. What the directory says of an attribute wins over what the caller
 * states.
 */
final class ConditionValues implements ConditionSource {
    private static final UnsafeBuffer[] MODES = modes();

    private final Evaluation evaluation;
    private final HeldNames held;
    private final ScopeRow row = new ScopeRow();
    private final ChainAttribute attribute;

    ConditionValues(final Evaluation evaluation) {
        this.evaluation = evaluation;
        attribute = new ChainAttribute(evaluation);
        held = new HeldNames(evaluation);
    }

    private static UnsafeBuffer[] modes() {
        final UnsafeBuffer[] modes = new UnsafeBuffer[DecideMode.values().length];
        for (final DecideMode mode : DecideMode.values()) {
            final String name = mode.name().toLowerCase(java.util.Locale.ROOT);
            modes[mode.ordinal()] = new UnsafeBuffer(name.getBytes(StandardCharsets.US_ASCII));
        }
        return modes;
    }

    @Override
    public void resolve(final ConditionTables tables, final int slot, final ConditionFrame into) {
        final Variable variable = tables.variable(slot);
        switch (variable.source()) {
            case ACTOR_TYPE, ACTOR_ID -> actor(variable.source(), slot, into);
            case ACTOR_ROLES -> held.roles(slot, into);
            case ACTOR_TOKEN_SCOPES -> held.tokenScopes(slot, into);
            case RESOURCE_ID -> stated(Field.RESOURCE_ID, slot, into);
            case RESOURCE_TYPE -> stated(Field.RESOURCE_TYPE, slot, into);
            case REQUEST_PRODUCT -> stated(Field.PRODUCT, slot, into);
            case REQUEST_ACTION -> stated(Field.ACTION, slot, into);
            case REQUEST_MODE -> {
                final UnsafeBuffer mode = MODES[evaluation.request.mode().ordinal()];
                into.text(slot, mode, 0, mode.capacity());
            }
            case PLACE_ORGANIZATION -> place(ScopeLevel.ORGANIZATION, slot, into);
            case PLACE_DEPARTMENT -> place(ScopeLevel.DEPARTMENT, slot, into);
            case PLACE_PROJECT -> place(ScopeLevel.PROJECT, slot, into);
            case PLACE_PLAN -> place(ScopeLevel.PLAN, slot, into);
            case TIME_NOW -> into.number(slot, evaluation.nowEpochMs);
            case ATTRIBUTE -> attribute(variable.id(), slot, into);
            case AMOUNT -> amount(variable.id(), slot, into);
            case CHARGE -> into.number(slot, evaluation.charge(variable.id()));
            case USAGE -> {
                final int reading = evaluation.facts.reading(variable.id());
                if (reading != StatedFacts.NONE) {
                    into.number(slot, evaluation.request.readings().value(reading));
                }
            }
            case CONFIG -> config(variable.id(), tables.configKey(slot), slot, into);
        }
    }

    private void stated(final Field field, final int slot, final ConditionFrame into) {
        final DecisionRequest request = evaluation.request;
        if (!request.isAbsent(field)) {
            into.text(slot, request.buffer(), request.offset(field), request.length(field));
        }
    }

    /** An API key without an owner is nobody. */
    private void actor(final VariableSource source, final int slot, final ConditionFrame into) {
        final World world = evaluation.world;
        row.wrap(world, evaluation.actorRow);
        if (row.levelCode() != ScopeLevel.PRINCIPAL.code()) {
            return;
        }
        if (source == VariableSource.ACTOR_ID) {
            into.text(slot, row.keyBuffer(), row.keyOffset(), row.keyLength());
        } else if (row.actorTypeId() >= 0) {
            final SymbolTable types = world.registry().actorTypes();
            final int type = row.actorTypeId();
            into.text(slot, types.utf8(), types.utf8Offset(type), types.utf8Length(type));
        }
    }

    private void place(final ScopeLevel level, final int slot, final ConditionFrame into) {
        for (int i = 0; i < evaluation.chainLength; i++) {
            row.wrap(evaluation.world, evaluation.chain[i]);
            if (row.levelCode() == level.code()) {
                into.text(slot, row.keyBuffer(), row.keyOffset(), row.keyLength());
            }
        }
    }

    private void attribute(final int attributeId, final int slot, final ConditionFrame into) {
        attribute.find(attributeId);
        if (attribute.isInDirectory()) {
            into.entry(slot, attribute.buffer(), attribute.block(), attribute.entry());
        } else if (attribute.isStated()) {
            into.stated(slot, evaluation.request.attributes(), attribute.stated());
        }
    }

    private void amount(final int unitId, final int slot, final ConditionFrame into) {
        long sum = 0;
        for (int i = 0; i < evaluation.request.usageCount(); i++) {
            if (evaluation.unitIds[i] == unitId) {
                if (evaluation.request.amount(i) > Long.MAX_VALUE - sum) {
                    into.overflow(slot);
                    return;
                }
                sum += evaluation.request.amount(i);
            }
        }
        into.number(slot, sum);
    }

    /** Of the nearest customer, whatever the state of the subscription: stage ENTITLEMENT says what is wrong with that. */
    private void config(final int featureId, final int key, final int slot, final ConditionFrame into) {
        final World world = evaluation.world;
        final long customer = row.wrap(world, evaluation.placeRow()).customerRow();
        if (customer == World.NO_ROW || key == SymbolTable.MISSING) {
            return;
        }
        final int found = world.entitlements().find(row.wrap(world, customer).entitlementSetId(), featureId);
        final UnsafeBuffer values = found < 0 ? null : world.entitlements().configBlock(found);
        final int entry = values == null ? AttributeBlock.NONE : AttributeBlock.find(values, 0, key);
        if (values != null && entry != AttributeBlock.NONE) {
            into.entry(slot, values, 0, entry);
        }
    }
}
