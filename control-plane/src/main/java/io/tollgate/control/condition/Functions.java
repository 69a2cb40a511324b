/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.condition;

import dev.cel.common.ast.CelExpr;
import io.tollgate.control.source.Quoted;
import io.tollgate.control.source.Suggestions;
import io.tollgate.core.condition.CalendarField;
import io.tollgate.core.condition.Expression;
import io.tollgate.core.condition.Operator;
import io.tollgate.core.condition.ValueType;
import io.tollgate.core.condition.ZoneOffsets;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Calls of functions, with or without something before the dot. */
final class Functions {
    private static final String TEXTS = "texts are compared as they are; use ==, in, startsWith, endsWith or contains";
    private static final String ELEMENTS = "use exists or all";
    private static final Map<String, CalendarField> FIELDS = fields();
    private static final Map<String, String> INSTEAD = Map.ofEntries(
            Map.entry(
                    "matches",
                    "use startsWith, endsWith, contains, or 'in' with a list: a regular expression has no useful bound"),
            Map.entry("exists_one", ELEMENTS),
            Map.entry("existsOne", ELEMENTS),
            Map.entry("map", ELEMENTS),
            Map.entry("filter", ELEMENTS),
            Map.entry("transformList", ELEMENTS),
            Map.entry("transformMap", ELEMENTS),
            Map.entry("string", TEXTS),
            Map.entry("bytes", TEXTS),
            Map.entry("lowerAscii", TEXTS),
            Map.entry("upperAscii", TEXTS),
            Map.entry("replace", TEXTS),
            Map.entry("split", TEXTS),
            Map.entry("join", TEXTS),
            Map.entry("substring", TEXTS),
            Map.entry("trim", TEXTS),
            Map.entry("bool", "compare with == true"),
            Map.entry("uint", "use int"),
            Map.entry("dyn", "every value has a declared type; leave it out"),
            Map.entry("type", "every value has a declared type"),
            Map.entry("now", "write time.now"));

    private final Lowering lowering;
    private final Membership membership;
    private final Report report;

    Functions(Lowering lowering, Membership membership, Report report) {
        this.lowering = lowering;
        this.membership = membership;
        this.report = report;
    }

    private static Map<String, CalendarField> fields() {
        Map<String, CalendarField> fields = new TreeMap<>();
        for (CalendarField field : CalendarField.values()) {
            fields.put(field.label(), field);
        }
        return fields;
    }

    @Nullable
    Typed call(CelExpr node) {
        String name = node.call().function();
        Optional<CelExpr> target = node.call().target();
        List<CelExpr> arguments = node.call().args();
        CalendarField field = FIELDS.get(name);
        if (field != null) {
            return target.isEmpty()
                    ? needs(node, "write time.now." + name + "()")
                    : calendar(node, field, target.get());
        }
        return switch (name) {
            case "has" -> target.isPresent() ? unknown(node) : membership.has(node);
            case "exists", "all" ->
                target.isEmpty()
                        ? needs(node, "write list." + name + "(x, x == '...')")
                        : membership.some(node, target.get(), name.equals("all"));
            case "size" -> {
                List<CelExpr> sized = new ArrayList<>(arguments);
                target.ifPresent(sized::add);
                yield sized.size() == 1 ? size(sized.get(0)) : needs(node, "write size(...) of one list or text");
            }
            case "startsWith" -> texts(node, Operator.STARTS_WITH);
            case "endsWith" -> texts(node, Operator.ENDS_WITH);
            case "contains" -> texts(node, Operator.CONTAINS);
            case "int", "double", "timestamp", "duration" ->
                target.isPresent() || arguments.size() != 1
                        ? needs(node, "write " + name + "(...) around one value")
                        : conversion(node, name, arguments.get(0));
            default -> unknown(node);
        };
    }

    private @Nullable Typed needs(CelExpr node, String remedy) {
        return lowering.refused(node, Quoted.of(node.call().function()) + " is not called like this", remedy);
    }

    private @Nullable Typed unknown(CelExpr node) {
        String name = node.call().function();
        String instead = INSTEAD.get(name);
        TreeSet<String> known = new TreeSet<>(FIELDS.keySet());
        known.addAll(List.of("has", "exists", "all", "size", "startsWith", "endsWith", "contains"));
        known.addAll(List.of("int", "double", "timestamp", "duration"));
        report.operatorError(
                node,
                "there is no function " + Quoted.of(name) + " in conditions",
                instead != null ? instead : Suggestions.remedy(name, known, "there are " + String.join(", ", known)));
        return null;
    }

    private @Nullable Typed size(CelExpr of) {
        Typed sized = lowering.any(of);
        if (sized == null) {
            return null;
        }
        if (sized.type() == ValueType.STRING_LIST) {
            return new Typed(new Expression.Count(((Expression.Read) sized.expression()).variable()), ValueType.INT);
        }
        return sized.type() == ValueType.STRING
                ? new Typed(new Expression.Call(Operator.SIZE, List.of(sized.expression())), ValueType.INT)
                : lowering.refused(
                        of, "size counts a list or a text, this is " + sized.described(), "compare it as it is");
    }

    private @Nullable Typed texts(CelExpr node, Operator operator) {
        Optional<CelExpr> target = node.call().target();
        List<CelExpr> arguments = node.call().args();
        if (target.isEmpty() || arguments.size() != 1) {
            return needs(node, "write text." + operator.label() + "('...')");
        }
        Expression text = text(target.get(), operator);
        Expression part = text(arguments.get(0), operator);
        if (text == null || part == null) {
            return null;
        }
        if (operator == Operator.CONTAINS && !(part instanceof Expression.Text)) {
            return lowering.refused(
                    arguments.get(0),
                    "contains looks for a literal only, so that its cost stays small",
                    "write a text in quotes");
        }
        return new Typed(new Expression.Call(operator, List.of(text, part)), ValueType.BOOL);
    }

    private @Nullable Expression text(CelExpr node, Operator operator) {
        Typed value = lowering.any(node);
        if (value == null) {
            return null;
        }
        if (value.type() == ValueType.STRING) {
            return value.expression();
        }
        report.error(
                node,
                operator.label() + " needs texts, this is " + value.described(),
                value.type() == ValueType.STRING_LIST
                        ? "write list.exists(x, x." + operator.label() + "(...))"
                        : "compare it as it is, with ==, < or >");
        return null;
    }

    private @Nullable Typed conversion(CelExpr node, String name, CelExpr argument) {
        if (name.equals("timestamp") || name.equals("duration")) {
            return time(node, name, argument);
        }
        Typed value = lowering.value(argument);
        if (value == null) {
            return null;
        }
        ValueType wanted = name.equals("int") ? ValueType.INT : ValueType.DOUBLE;
        if (value.type() == wanted) {
            return value;
        }
        if (value.type() != ValueType.INT && value.type() != ValueType.DOUBLE) {
            return lowering.refused(
                    argument,
                    name + " converts numbers, this is " + value.described(),
                    value.type() == ValueType.STRING ? "declare the attribute as " + name : SyntaxWords.REFERENCE);
        }
        Operator operator = wanted == ValueType.INT ? Operator.TO_INT : Operator.TO_DOUBLE;
        return new Typed(new Expression.Call(operator, List.of(value.expression())), wanted);
    }

    private @Nullable Typed time(CelExpr node, String name, CelExpr argument) {
        boolean timestamp = name.equals("timestamp");
        Typed value = lowering.value(argument);
        if (value == null) {
            return null;
        }
        if (!(value.expression() instanceof Expression.Text text)) {
            return lowering.refused(
                    argument,
                    name + " needs a literal text",
                    timestamp ? "declare the attribute as timestamp" : "write duration('90s')");
        }
        OptionalLong ms = timestamp ? Literals.timestamp(text.value()) : Literals.duration(text.value());
        if (ms.isEmpty()) {
            return lowering.refused(
                    argument,
                    Quoted.of(text.value()) + " is no " + name,
                    timestamp
                            ? "write timestamp('2027-01-31T12:00:00Z'), to the millisecond, in the years 1 to 9999"
                            : "write hours, minutes, seconds and milliseconds, like duration('1h30m') or duration('250ms')");
        }
        ValueType type = timestamp ? ValueType.TIMESTAMP : ValueType.DURATION;
        return new Typed(new Expression.Whole(type, ms.getAsLong()), type);
    }

    private @Nullable Typed calendar(CelExpr node, CalendarField field, CelExpr target) {
        Typed moment = lowering.value(target);
        List<CelExpr> arguments = node.call().args();
        String zone = zone(node, arguments);
        if (moment == null || zone == null) {
            return null;
        }
        String name = field.label();
        if (moment.type() != ValueType.TIMESTAMP) {
            return lowering.refused(
                    target,
                    name + " needs a timestamp, this is " + moment.described(),
                    moment.type() == ValueType.DURATION
                            ? "compare durations: x > duration('1h')"
                            : "write time.now." + name + "()");
        }
        return new Typed(new Expression.Calendar(field, zone, moment.expression()), ValueType.INT);
    }

    private @Nullable String zone(CelExpr node, List<CelExpr> arguments) {
        if (arguments.isEmpty()) {
            return "";
        }
        Typed value = lowering.value(arguments.get(0));
        if (value == null) {
            return null;
        }
        if (arguments.size() > 1 || !(value.expression() instanceof Expression.Text zone)) {
            lowering.refused(
                    node,
                    "a time zone must be a literal",
                    "write ." + node.call().function() + "('Europe/Berlin')");
            return null;
        }
        if (zone.value().isEmpty() || ZoneOffsets.of(zone.value()) == null) {
            report.unknown(
                    arguments.get(0),
                    "unknown time zone " + Quoted.of(zone.value()),
                    Suggestions.remedy(
                            zone.value(),
                            ZoneId.getAvailableZoneIds().stream().sorted().toList(),
                            "write one like 'Europe/Berlin', 'UTC' or '+02:00'"));
            return null;
        }
        return zone.value();
    }
}
