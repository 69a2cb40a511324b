/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.condition;

import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableMap;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationResult;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelParser;
import dev.cel.parser.CelParserFactory;
import dev.cel.parser.CelStandardMacro;
import io.tollgate.core.condition.ConditionLimits;
import io.tollgate.core.condition.ValueType;
import io.tollgate.core.condition.VariableSource;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** dev.cel, told of one vocabulary. */
final class CelFrontEnd {
    private static final String TYPE_PREFIX = "tollgate.";

    /** Names with other characters than letters, digits and _ are written in backticks. */
    static final CelOptions OPTIONS = CelOptions.current()
            .enableQuotedIdentifierSyntax(true)
            .maxExpressionCodePointSize(ConditionLimits.MAX_SOURCE_BYTES)
            .build();

    /** Leaves has, exists and all as the calls that they look like. */
    private final CelParser parser =
            CelParserFactory.standardCelParserBuilder().setOptions(OPTIONS).build();

    private final CelCompiler compiler;

    CelFrontEnd(Vocabulary vocabulary) {
        compiler = compilerBuilder(vocabulary).setResultType(SimpleType.BOOL).build();
    }

    /** {@return a compiler of standard CEL that knows the variables; results may be of any type} */
    static CelCompilerBuilder compilerBuilder(Vocabulary vocabulary) {
        ImmutableMap<String, CelType> structs = structs(vocabulary);
        CelCompilerBuilder builder = CelCompilerFactory.standardCelCompilerBuilder()
                .setOptions(OPTIONS)
                .setStandardMacros(CelStandardMacro.HAS, CelStandardMacro.EXISTS, CelStandardMacro.ALL)
                .setTypeProvider(new Types(structs))
                .addVar("usage", MapType.create(SimpleType.STRING, SimpleType.INT))
                .addVar("config", MapType.create(SimpleType.STRING, MapType.create(SimpleType.STRING, SimpleType.DYN)));
        structs.forEach(builder::addVar);
        return builder;
    }

    CelValidationResult parse(String source) {
        return parser.parse(source);
    }

    /** {@return what CEL itself thinks of it; only its errors count} */
    CelValidationResult check(String source) {
        return compiler.compile(source);
    }

    private static CelType of(ValueType type) {
        return switch (type) {
            case BOOL -> SimpleType.BOOL;
            case INT -> SimpleType.INT;
            case DOUBLE -> SimpleType.DOUBLE;
            case STRING -> SimpleType.STRING;
            case TIMESTAMP -> SimpleType.TIMESTAMP;
            case DURATION -> SimpleType.DURATION;
            case STRING_LIST -> ListType.create(SimpleType.STRING);
        };
    }

    /** {@return types of actor, resource, place, request and time} */
    private static ImmutableMap<String, CelType> structs(Vocabulary vocabulary) {
        Map<String, Map<String, CelType>> fields = new TreeMap<>();
        for (VariableSource source : VariableSource.values()) {
            ValueType type = source.type();
            if (!source.isNumbered() && type != null) {
                put(fields, source.label(), of(type));
            }
        }
        vocabulary.attributes().forEach((name, attribute) -> put(fields, name, of(attribute.type())));
        put(fields, VariableSource.AMOUNT.label(), MapType.create(SimpleType.STRING, SimpleType.INT));
        put(fields, VariableSource.CHARGE.label(), MapType.create(SimpleType.STRING, SimpleType.INT));
        ImmutableMap.Builder<String, CelType> structs = ImmutableMap.builder();
        fields.forEach((root, types) -> {
            ImmutableMap<String, CelType> fixed = ImmutableMap.copyOf(types);
            structs.put(
                    root,
                    StructType.create(
                            TYPE_PREFIX + root, fixed.keySet(), field -> Optional.ofNullable(fixed.get(field))));
        });
        return structs.build();
    }

    private static void put(Map<String, Map<String, CelType>> fields, String name, CelType type) {
        int dot = name.indexOf('.');
        fields.computeIfAbsent(name.substring(0, dot), root -> new TreeMap<>()).put(name.substring(dot + 1), type);
    }

    /** Types by the variables that have them. */
    private record Types(ImmutableMap<String, CelType> structs) implements CelTypeProvider {
        @Override
        public ImmutableCollection<CelType> types() {
            return structs.values();
        }

        @Override
        public Optional<CelType> findType(String typeName) {
            return typeName.startsWith(TYPE_PREFIX)
                    ? Optional.ofNullable(structs.get(typeName.substring(TYPE_PREFIX.length())))
                    : Optional.empty();
        }
    }
}
