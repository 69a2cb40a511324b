/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.mapping;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a rule names that a registry must have. Immutable.
 *
 * @param rule         its name
 * @param product      as written; empty = it comes with the request
 * @param resourceType likewise
 * @param action       likewise
 * @param actorTypes   those that are written
 * @param units        that are asked for
 * @param dimensions   of readings
 * @param attributes   type by name, like actor.level
 */
public record Names(
        String rule,
        String product,
        String resourceType,
        String action,
        List<String> actorTypes,
        List<String> units,
        List<String> dimensions,
        Map<String, String> attributes) {

    static Names of(final String rule, final Ask ask) {
        final List<String> actorTypes = new ArrayList<>();
        addWritten(ask.fields().get(Field.ACTOR_TYPE), actorTypes);
        final Map<String, String> attributes = new TreeMap<>();
        ask.actor().forEach((name, source) -> attributes.put("actor." + name, type(source)));
        ask.resource().forEach((name, source) -> attributes.put("resource." + name, type(source)));
        ask.attributes().forEach((name, source) -> attributes.put("request." + name, type(source)));
        return new Names(
                rule,
                written(ask.fields().get(Field.PRODUCT)),
                written(ask.fields().get(Field.RESOURCE_TYPE)),
                written(ask.fields().get(Field.ACTION)),
                List.copyOf(actorTypes),
                ask.amounts().stream().map(Amount::unit).toList(),
                ask.readings().stream().map(Reading::dimension).toList(),
                attributes);
    }

    /** {@return string, int, double, bool, timestamp, string_list} */
    private static String type(final TypedSource source) {
        return switch (source.type()) {
            case TIMESTAMP, TIMESTAMP_S, TIMESTAMP_MS -> TypedSource.Type.TIMESTAMP.word();
            default -> source.type().word();
        };
    }

    private static String written(final @Nullable ValueSource source) {
        return source instanceof ValueSource.Literal literal ? literal.value() : "";
    }

    private static void addWritten(final @Nullable ValueSource source, final List<String> to) {
        if (source instanceof ValueSource.Literal literal) {
            to.add(literal.value());
        } else if (source instanceof ValueSource.FirstOf several) {
            several.sources().forEach(each -> addWritten(each, to));
        }
    }
}
