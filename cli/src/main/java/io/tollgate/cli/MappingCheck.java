/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.tollgate.cli.render.Human;
import io.tollgate.cli.render.Paint;
import io.tollgate.cli.render.Paint.Style;
import io.tollgate.server.config.ConfigException;
import io.tollgate.server.config.ConfigProblem;
import io.tollgate.server.envoy.mapping.Mapping;
import io.tollgate.server.envoy.mapping.MappingReader;
import io.tollgate.server.envoy.mapping.Names;
import io.tollgate.v1.AttributeRecord;
import io.tollgate.v1.DimensionRecord;
import io.tollgate.v1.OperationRecord;
import io.tollgate.v1.RegistryRecord;
import io.tollgate.v1.UnitRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What is wrong with a mapping of Envoy's requests: by itself, and beside the registry of a bundle. */
final class MappingCheck {
    private final String file;
    private final List<String> findings = new ArrayList<>();
    private int rules;

    private MappingCheck(String file) {
        this.file = file;
    }

    /**
     * Checks a file.
     *
     * @param registry of the bundle that it is for; null = it is checked by itself
     * @throws CommandFailure if there is no such file
     */
    static MappingCheck of(Session session, Path file, @Nullable RegistryRecord registry) {
        final Path resolved = session.resolve(file);
        if (!Files.isRegularFile(resolved)) {
            throw CommandFailure.usage("--mapping " + file + ": there is no such file (looked for " + resolved + ")");
        }
        final MappingCheck check = new MappingCheck(file.toString());
        try {
            final Mapping mapping = MappingReader.read(resolved);
            check.rules = mapping.size();
            if (registry != null) {
                mapping.names().forEach(each -> check.compare(each, registry));
            }
        } catch (ConfigException e) {
            e.problems().stream().map(ConfigProblem::toString).forEach(check.findings::add);
        }
        return check;
    }

    boolean isFine() {
        return findings.isEmpty();
    }

    String text(Paint paint) {
        final StringBuilder text = new StringBuilder();
        findings.forEach(each -> text.append(paint.in(Style.BAD, each)).append('\n'));
        text.append(
                isFine()
                        ? paint.in(Style.STRONG_GOOD, "0 errors.")
                        : paint.in(Style.STRONG_BAD, Human.count(findings.size(), "error") + "."));
        return text.append(" Mapping ")
                .append(paint.in(Style.NONE, file))
                .append(isFine() ? ": " + Human.count(rules, "rule") + ".\n" : ".\n")
                .toString();
    }

    JsonObject json() {
        final JsonObject json = new JsonObject();
        json.addProperty("file", file);
        json.addProperty("errors", findings.size());
        final JsonArray messages = new JsonArray();
        findings.forEach(messages::add);
        json.add("findings", messages);
        return json;
    }

    private void compare(Names names, RegistryRecord registry) {
        operation(names, registry.getOperationsList());
        all(names, "actor type", names.actorTypes(), registry.getActorTypesList());
        all(
                names,
                "unit",
                names.units(),
                registry.getUnitsList().stream().map(UnitRecord::getName).toList());
        all(
                names,
                "dimension",
                names.dimensions(),
                registry.getDimensionsList().stream()
                        .map(DimensionRecord::getName)
                        .toList());
        final Map<String, String> types = new TreeMap<>();
        for (AttributeRecord each : registry.getAttributesList()) {
            types.put(
                    each.getName(),
                    each.getType().name().substring("ATTRIBUTE_TYPE_".length()).toLowerCase(Locale.ROOT));
        }
        all(names, "attribute", names.attributes().keySet(), types.keySet());
        names.attributes().forEach((name, type) -> {
            final String registered = types.getOrDefault(name, type);
            if (!registered.equals(type)) {
                find(
                        names,
                        "gives attribute " + name + " as " + type + ", the registry has it as " + registered
                                + "; write type: " + registered);
            }
        });
    }

    /** As far as product, resource type and action are written: one operation must have what is. */
    private void operation(Names names, List<OperationRecord> operations) {
        final String wanted = String.join("/", any(names.product()), any(names.resourceType()), any(names.action()));
        final Set<String> known = new TreeSet<>();
        boolean found = false;
        final Set<Integer> units = new TreeSet<>();
        for (OperationRecord each : operations) {
            known.add(each.getProduct() + "/" + each.getResourceType() + "/" + each.getAction());
            if (fits(names.product(), each.getProduct())
                    && fits(names.resourceType(), each.getResourceType())
                    && fits(names.action(), each.getAction())) {
                found = true;
                units.addAll(each.getAcceptedUnitIdsList());
            }
        }
        if (!found) {
            find(names, "asks about " + wanted + ", which the registry does not have" + hint(wanted, known));
        } else if (units.isEmpty() && !names.units().isEmpty()) {
            find(names, "gives a usage, and " + wanted + " accepts none");
        }
    }

    private static boolean fits(String wanted, String has) {
        return wanted.isEmpty() || wanted.equals(has);
    }

    private static String any(String written) {
        return written.isEmpty() ? "*" : written;
    }

    private void all(Names names, String what, Collection<String> wanted, Collection<String> known) {
        for (String each : wanted) {
            if (!known.contains(each)) {
                find(
                        names,
                        "names the " + what + " " + each + ", which the registry does not have" + hint(each, known));
            }
        }
    }

    private static String hint(String wanted, Collection<String> known) {
        final String nearest = Nearest.of(wanted, List.copyOf(known));
        return nearest.isEmpty() ? "" : "; did you mean " + nearest + "?";
    }

    private void find(Names names, String what) {
        findings.add(file + ": rule " + names.rule() + " " + what);
    }
}
