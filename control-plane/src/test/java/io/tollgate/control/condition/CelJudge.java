/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.condition;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelValidationException;
import dev.cel.compiler.CelCompiler;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import io.tollgate.core.condition.Variable;
import io.tollgate.core.condition.VariableSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What dev.cel's own runtime makes of an expression. */
final class CelJudge {
    private final Vocabulary vocabulary;
    private final CelCompiler compiler;
    /** Not the planner: in 0.14.0 it compares an error with a value, as if the error were one: (m.x && m.x) == false. */
    private final CelRuntime runtime = CelRuntimeFactory.legacyCelRuntimeBuilder()
            .setOptions(CelFrontEnd.OPTIONS)
            .build();

    CelJudge(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
        compiler = CelFrontEnd.compilerBuilder(vocabulary).build();
    }

    CelRuntime.Program compile(String source) {
        try {
            CelAbstractSyntaxTree ast = compiler.compile(source).getAst();
            return runtime.createProgram(ast);
        } catch (CelValidationException | CelEvaluationException e) {
            throw new AssertionError(source, e);
        }
    }

    /** {@return the value, or null when it is an error} */
    static @Nullable Object evaluate(CelRuntime.Program program, Map<String, Object> variables) {
        try {
            return program.eval(variables);
        } catch (CelEvaluationException e) {
            return null;
        }
    }

    /** {@return the variables as CEL sees them: actor and the like as maps; what is missing is not in them} */
    Map<String, Object> variables(Map<Variable, Object> values) {
        Map<String, Object> roots = new HashMap<>();
        for (String root : FixedNames.ROOTS) {
            roots.put(root, new HashMap<String, Object>());
        }
        child(roots, "request", "amount");
        child(roots, "request", "charge");
        vocabulary.features().keySet().forEach(feature -> child(roots, "config", feature));
        values.forEach((variable, value) -> {
            List<String> path = path(variable);
            Map<String, Object> at = roots;
            for (String step : path.subList(0, path.size() - 1)) {
                at = child(at, step);
            }
            at.put(path.get(path.size() - 1), value);
        });
        return roots;
    }

    private static void child(Map<String, Object> roots, String root, String name) {
        child(child(roots, root), name);
    }

    @SuppressWarnings("unchecked") // only maps are put under these names
    private static Map<String, Object> child(Map<String, Object> of, String name) {
        return (Map<String, Object>) of.computeIfAbsent(name, key -> new HashMap<String, Object>());
    }

    private List<String> path(Variable variable) {
        String label = variable.source().label();
        return switch (variable.source()) {
            case ATTRIBUTE -> {
                String name = nameOf(vocabulary.attributes(), variable.id());
                int dot = name.indexOf('.');
                yield List.of(name.substring(0, dot), name.substring(dot + 1));
            }
            case AMOUNT -> List.of("request", "amount", key(vocabulary.units(), variable.id()));
            case CHARGE -> List.of("request", "charge", key(vocabulary.dimensions(), variable.id()));
            case USAGE -> List.of("usage", key(vocabulary.dimensions(), variable.id()));
            case CONFIG -> List.of("config", "terms", variable.key());
            default -> List.of(label.split("\\."));
        };
    }

    private static String key(Map<String, Integer> ids, int id) {
        return ids.entrySet().stream()
                .filter(entry -> entry.getValue() == id)
                .findFirst()
                .orElseThrow()
                .getKey();
    }

    private static String nameOf(Map<String, Vocabulary.Attribute> attributes, int id) {
        return attributes.entrySet().stream()
                .filter(entry -> entry.getValue().id() == id)
                .findFirst()
                .orElseThrow()
                .getKey();
    }

    /** {@return everything that conditions over the vocabulary can read} */
    static List<Variable> all(Vocabulary vocabulary) {
        java.util.ArrayList<Variable> all = new java.util.ArrayList<>();
        for (VariableSource source : VariableSource.values()) {
            if (!source.isNumbered()) {
                all.add(Variable.of(source));
            }
        }
        vocabulary.attributes().values().forEach(a -> all.add(Variable.of(VariableSource.ATTRIBUTE, a.id(), a.type())));
        vocabulary
                .units()
                .values()
                .forEach(id ->
                        all.add(Variable.of(VariableSource.AMOUNT, id, io.tollgate.core.condition.ValueType.INT)));
        vocabulary.dimensions().values().forEach(id -> {
            all.add(Variable.of(VariableSource.CHARGE, id, io.tollgate.core.condition.ValueType.INT));
            all.add(Variable.of(VariableSource.USAGE, id, io.tollgate.core.condition.ValueType.INT));
        });
        vocabulary.features().values().forEach(feature -> feature.values().forEach((key, type) -> {
            if (type instanceof Vocabulary.ConfigType.One one) {
                all.add(new Variable(VariableSource.CONFIG, feature.id(), key, one.type()));
            }
        }));
        return List.copyOf(all);
    }
}
