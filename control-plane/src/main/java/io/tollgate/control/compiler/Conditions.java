/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.condition.Compiled;
import io.tollgate.control.condition.ConditionCompiler;
import io.tollgate.control.condition.Issue;
import io.tollgate.control.condition.Vocabulary;
import io.tollgate.control.source.Code;
import io.tollgate.control.source.Folder;
import io.tollgate.control.source.LocatedText;
import io.tollgate.control.source.Position;
import io.tollgate.control.source.Value;
import io.tollgate.core.condition.ConditionLimits;
import io.tollgate.core.condition.ValueType;
import io.tollgate.core.condition.Variable;
import io.tollgate.v1.AttributeRecord;
import io.tollgate.v1.FeatureRecord;
import io.tollgate.v1.RuleRecord;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** "when" of rules: programs, mistakes with their places, and what all conditions together may cost. */
final class Conditions {
    private final Compilation compilation;
    private final Registry registry;
    private final Map<String, long[]> stepsOfScopes = new HashMap<>();
    private final Set<String> refusedScopes = new HashSet<>();
    private final Set<com.google.protobuf.ByteString> programs = new HashSet<>();
    private final Set<Variable> variables = new HashSet<>();
    private @Nullable ConditionCompiler compiler;

    Conditions(Compilation compilation, Registry registry) {
        this.compilation = compilation;
        this.registry = registry;
    }

    /** Compiles the condition of a rule into its record, when it has one. */
    void compile(ScopeNode node, Value.Fields rule, BitSet operations, RuleRecord.Builder record) {
        LocatedText when = rule.get("when", LocatedText.class);
        if (when == null) {
            return;
        }
        record.setConditionSource(when.text().strip());
        ConditionCompiler.Outcome outcome = compiler().compile(when.text());
        for (Issue issue : outcome.issues()) {
            compilation.error(when.at(issue.offset()), code(issue), issue.message(), issue.remedy());
        }
        Compiled compiled = outcome.compiled();
        if (compiled != null) {
            record.setConditionProgram(compiled.program());
            programs.add(compiled.program());
            variables.addAll(compiled.variables());
            charge(node, rule, operations, compiled.steps());
        }
    }

    private static Code code(Issue issue) {
        return switch (issue.kind()) {
            case EXPRESSION -> Code.CONDITION;
            case UNKNOWN_NAME -> Code.UNKNOWN_REFERENCE;
            case TOO_LARGE -> Code.TOO_LARGE;
        };
    }

    /** A sidecar bounds what one scope's conditions can cost one decision. */
    private void charge(ScopeNode node, Value.Fields rule, BitSet operations, long cost) {
        String scope = node.path().path();
        long[] steps = stepsOfScopes.computeIfAbsent(
                scope, path -> new long[registry.operations().size()]);
        for (int operation = operations.nextSetBit(0);
                operation >= 0;
                operation = operations.nextSetBit(operation + 1)) {
            steps[operation] += cost;
            if (steps[operation] > ConditionLimits.MAX_SCOPE_COST && refusedScopes.add(scope)) {
                compilation.error(
                        rule.at("when"),
                        Code.TOO_LARGE,
                        "with this one the conditions of " + scope + " may take " + steps[operation]
                                + " steps for one request, at most " + ConditionLimits.MAX_SCOPE_COST,
                        "use fewer or cheaper conditions: long literal lists, 'in' over lists and contains are dear");
            }
        }
    }

    /** Checks what all conditions of the bundle come to. */
    void finish() {
        atMost("different conditions", programs.size(), ConditionLimits.MAX_CONDITIONS);
        atMost("different variables in conditions", variables.size(), ConditionLimits.MAX_SNAPSHOT_VARIABLES);
    }

    private void atMost(String what, int count, int most) {
        if (count > most) {
            compilation.error(
                    Position.ofFile(Folder.POLICIES.folderName()),
                    Code.TOO_LARGE,
                    count + " " + what + ", at most " + most,
                    "merge some");
        }
    }

    private ConditionCompiler compiler() {
        if (compiler == null) {
            compiler = new ConditionCompiler(vocabulary());
        }
        return compiler;
    }

    private Vocabulary vocabulary() {
        Map<String, Vocabulary.Attribute> attributes = new TreeMap<>(Utf8.ORDER);
        for (int id = 0; id < registry.record().getAttributesCount(); id++) {
            AttributeRecord attribute = registry.record().getAttributes(id);
            if (RegistryCompiler.isGoodAttribute(attribute.getName())) {
                attributes.put(attribute.getName(), new Vocabulary.Attribute(id, type(attribute)));
            }
        }
        Map<String, Integer> units = new TreeMap<>(Utf8.ORDER);
        registry.record().getUnitsList().forEach(unit -> units.put(unit.getName(), units.size()));
        Map<String, Integer> dimensions = new TreeMap<>(Utf8.ORDER);
        registry.record().getDimensionsList().forEach(d -> dimensions.put(d.getName(), dimensions.size()));
        ConfigTypes configs = new ConfigTypes(compilation);
        Map<String, Vocabulary.Feature> features = new TreeMap<>(Utf8.ORDER);
        for (FeatureRecord feature : registry.record().getFeaturesList()) {
            String key = feature.getLookupKey();
            String kind = word(feature.getType().name(), "FEATURE_TYPE_");
            features.put(key, new Vocabulary.Feature(features.size(), kind, configs.of(key)));
        }
        Set<String> broken = new HashSet<>(compilation.names(Folder.REGISTRY, "attributes"));
        broken.addAll(compilation.names(Folder.REGISTRY, "units"));
        broken.addAll(registry.dimensionNames());
        broken.addAll(registry.featureNames());
        return new Vocabulary(attributes, units, dimensions, features, broken);
    }

    private static ValueType type(AttributeRecord attribute) {
        return ValueType.valueOf(
                word(attribute.getType().name(), "ATTRIBUTE_TYPE_").toUpperCase(Locale.ROOT));
    }

    private static String word(String enumName, String prefix) {
        return enumName.substring(prefix.length()).toLowerCase(Locale.ROOT);
    }
}
