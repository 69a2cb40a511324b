/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.condition;

import io.tollgate.core.DimensionKind;
import io.tollgate.core.condition.ConditionFrame;
import io.tollgate.core.condition.ConditionLinker;
import io.tollgate.core.condition.ConditionSource;
import io.tollgate.core.condition.ConditionTables;
import io.tollgate.core.condition.Variable;
import io.tollgate.core.policy.ConditionProgram;
import io.tollgate.core.registry.Registry;
import io.tollgate.core.symbol.SymbolTable;
import io.tollgate.core.world.def.AttributeDef;
import io.tollgate.core.world.def.AttributeType;
import io.tollgate.core.world.def.ConditionDef;
import io.tollgate.core.world.def.DimensionDef;
import io.tollgate.core.world.def.FeatureDef;
import io.tollgate.core.world.def.FeatureType;
import io.tollgate.core.world.def.RegistryDef;
import io.tollgate.core.world.def.UnitDef;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.agrona.concurrent.UnsafeBuffer;

/** What a sidecar makes of a program, over values in a map. */
final class SidecarSide implements ConditionSource {
    private final Map<Variable, Object> values = new HashMap<>();
    private final ConditionLinker linker = new ConditionLinker(registry(), SymbolTable.EMPTY);
    private final ConditionFrame frame = new ConditionFrame(this);

    /** {@return TRUE, FALSE or ERROR of {@link ConditionProgram}} */
    int evaluate(Compiled compiled, Map<Variable, Object> over) {
        values.clear();
        values.putAll(over);
        ConditionProgram program =
                linker.load(new ConditionDef("source", compiled.program().toByteArray()), "rule 'r'");
        frame.start(linker.tables());
        return program.evaluate(frame);
    }

    private static Registry registry() {
        Vocabulary vocabulary = SampleVocabulary.make();
        AttributeDef[] attributes = new AttributeDef[vocabulary.attributes().size()];
        vocabulary
                .attributes()
                .forEach((name, attribute) -> attributes[attribute.id()] = new AttributeDef(
                        name, AttributeType.valueOf(attribute.type().name())));
        return Registry.compile(new RegistryDef(
                1,
                0,
                List.of(new UnitDef("gpu_hour", 0, 1, ""), new UnitDef("token", 1, 1, "")),
                List.of(
                        new DimensionDef("gpu.concurrent", "gpu", 0, DimensionKind.GAUGE, ""),
                        new DimensionDef("tokens", "llm", 1, DimensionKind.PERIOD, "")),
                List.of(),
                List.of("user"),
                List.of(
                        new FeatureDef("sso", FeatureType.BOOLEAN, ""),
                        new FeatureDef("terms", FeatureType.CONFIG, "")),
                List.of(attributes),
                2));
    }

    @Override
    public void resolve(ConditionTables tables, int slot, ConditionFrame into) {
        Object value = values.get(tables.variable(slot));
        if (value instanceof String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            into.text(slot, new UnsafeBuffer(utf8), 0, utf8.length);
        } else if (value instanceof Long number) {
            into.number(slot, number);
        } else if (value instanceof Double number) {
            into.number(slot, Double.doubleToRawLongBits(number));
        } else if (value instanceof Boolean flag) {
            into.number(slot, flag ? 1 : 0);
        } else if (value instanceof Instant moment) {
            into.number(slot, moment.toEpochMilli());
        } else if (value instanceof List<?> list) {
            into.list(slot);
            for (Object element : list) {
                byte[] utf8 = Objects.toString(element).getBytes(StandardCharsets.UTF_8);
                into.element(slot, new UnsafeBuffer(utf8), 0, utf8.length);
            }
        }
    }
}
