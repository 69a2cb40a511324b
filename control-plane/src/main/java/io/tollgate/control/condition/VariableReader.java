/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.condition;

import dev.cel.common.ast.CelExpr;
import io.tollgate.control.condition.Path.Step;
import io.tollgate.control.source.Quoted;
import io.tollgate.control.source.Suggestions;
import io.tollgate.core.condition.ValueType;
import io.tollgate.core.condition.Variable;
import io.tollgate.core.condition.VariableSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Finds what a path means, or says what is wrong with it. */
final class VariableReader {
    private static final Set<String> STRUCTS = Set.of("actor", "resource", "place", "request");

    private final Vocabulary vocabulary;
    private final Report report;

    VariableReader(Vocabulary vocabulary, Report report) {
        this.vocabulary = vocabulary;
        this.report = report;
    }

    /** {@return what a path means, or null after a report} */
    @Nullable
    Variable read(CelExpr at, Path path) {
        String root = path.root();
        if (!FixedNames.ROOTS.contains(root)) {
            report.unknown(
                    at,
                    "unknown name " + Quoted.of(root),
                    Suggestions.nearest(root, FixedNames.ROOTS)
                            .map(name -> "did you mean '" + name + "'?")
                            .orElse("names start with " + Suggestions.list(FixedNames.ROOTS) + "; texts go in quotes: '"
                                    + root + "'"));
            return null;
        }
        return switch (root) {
            case "usage" -> numbered(at, path, VariableSource.USAGE, 0, "dimension", vocabulary.dimensions());
            case "config" -> config(at, path);
            case "request" -> request(at, path);
            default -> field(at, path);
        };
    }

    private @Nullable Variable request(CelExpr at, Path path) {
        String first = path.steps().isEmpty() ? "" : path.steps().get(0).name();
        return switch (first) {
            case "amount" -> numbered(at, path, VariableSource.AMOUNT, 1, "unit", vocabulary.units());
            case "charge" -> numbered(at, path, VariableSource.CHARGE, 1, "dimension", vocabulary.dimensions());
            default -> field(at, path);
        };
    }

    private @Nullable Variable field(CelExpr at, Path path) {
        List<Step> steps = path.steps();
        String root = path.root();
        if (steps.isEmpty()) {
            report.error(at, Quoted.of(root) + " is no value", "select one: " + Suggestions.list(namesOf(root)));
            return null;
        }
        String name = root + "." + steps.get(0).name();
        if (steps.get(0).indexed()) {
            report.error(
                    at,
                    Quoted.of(root) + " has fields, no keys",
                    "write " + root + "." + Path.written(steps.get(0).name()));
            return null;
        }
        VariableSource fixed = FixedNames.source(name);
        Vocabulary.Attribute attribute = vocabulary.attributes().get(name);
        if (fixed == null && attribute == null) {
            unknownField(at, path, name);
            return null;
        }
        if (steps.size() > 1) {
            String longer = longName(path);
            report.error(
                    at,
                    Quoted.of(name) + " is a value and has nothing below it",
                    vocabulary.attributes().containsKey(longer) ? quotedName(longer) : "write " + name);
            return null;
        }
        return attribute == null
                ? Variable.of(Objects.requireNonNull(fixed))
                : Variable.of(VariableSource.ATTRIBUTE, attribute.id(), attribute.type());
    }

    private void unknownField(CelExpr at, Path path, String name) {
        if (vocabulary.broken().contains(name)) {
            return;
        }
        Set<String> known = namesOf(path.root());
        String longer = longName(path);
        if (path.steps().size() > 1 && vocabulary.attributes().containsKey(longer)) {
            report.unknown(at, "unknown attribute " + Quoted.of(name), quotedName(longer));
            return;
        }
        String otherwise = STRUCTS.contains(path.root())
                ? "known are " + Suggestions.list(known) + "; attributes are declared in registry/"
                : "known are " + Suggestions.list(known);
        int tail = path.root().length() + 1;
        Set<String> tails = new TreeSet<>();
        known.forEach(other -> tails.add(other.substring(tail)));
        String remedy = Suggestions.nearest(name.substring(tail), tails)
                .map(near -> "did you mean '" + path.root() + "." + near + "'?")
                .orElse(otherwise);
        report.unknown(at, "unknown attribute " + Quoted.of(name), remedy);
    }

    private static String longName(Path path) {
        StringBuilder name = new StringBuilder(path.root());
        path.steps().forEach(step -> name.append('.').append(step.name()));
        return name.toString();
    }

    private static String quotedName(String attribute) {
        int dot = attribute.indexOf('.');
        return "write " + attribute.substring(0, dot + 1) + "`" + attribute.substring(dot + 1) + "`";
    }

    private Set<String> namesOf(String root) {
        Set<String> names = new TreeSet<>();
        FixedNames.all().stream().filter(name -> name.startsWith(root + ".")).forEach(names::add);
        vocabulary.attributes().keySet().stream()
                .filter(name -> name.startsWith(root + "."))
                .forEach(names::add);
        return names;
    }

    private @Nullable Variable numbered(
            CelExpr at, Path path, VariableSource source, int depth, String what, Map<String, Integer> known) {
        List<Step> steps = path.steps();
        if (steps.size() != depth + 1) {
            report.error(
                    at,
                    source.label() + " is a number for each " + what,
                    "write " + source.label() + "['"
                            + known.keySet().stream().findFirst().orElse(what) + "']");
            return null;
        }
        String name = steps.get(depth).name();
        Integer id = known.get(name);
        if (id == null) {
            unknownKey(at, what, name, known.keySet());
            return null;
        }
        return Variable.of(source, id, ValueType.INT);
    }

    private void unknownKey(CelExpr at, String what, String name, Collection<String> known) {
        if (vocabulary.broken().contains(name)) {
            return;
        }
        report.unknown(
                at,
                "unknown " + what + " " + Quoted.of(name),
                Suggestions.remedy(name, known, "known are " + Suggestions.list(known)));
    }

    private @Nullable Variable config(CelExpr at, Path path) {
        List<Step> steps = path.steps();
        if (steps.size() != 2) {
            report.error(
                    at, path + " is no value: a config value has a feature and a key", "write config['FEATURE'].KEY");
            return null;
        }
        String key = steps.get(0).name();
        Vocabulary.Feature feature = vocabulary.features().get(key);
        if (feature == null) {
            unknownKey(at, "feature", key, vocabulary.features().keySet());
            return null;
        }
        if (!feature.kind().equals("config")) {
            report.error(
                    at,
                    "feature " + Quoted.of(key) + " is a " + feature.kind() + " feature and has no config values",
                    "only features of type config have values that conditions can read");
            return null;
        }
        String value = steps.get(1).name();
        Vocabulary.ConfigType type = feature.values().get(value);
        if (type == null) {
            report.unknown(
                    at,
                    "no entitlement to feature " + Quoted.of(key) + " has the config value " + Quoted.of(value),
                    Suggestions.remedy(
                            value,
                            feature.values().keySet(),
                            "known are " + Suggestions.list(feature.values().keySet())));
            return null;
        }
        if (type instanceof Vocabulary.ConfigType.Unreadable unreadable) {
            report.error(at, path + " is " + unreadable.why(), unreadable.remedy());
            return null;
        }
        return new Variable(VariableSource.CONFIG, feature.id(), value, ((Vocabulary.ConfigType.One) type).type());
    }
}
