/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.mapping;

import com.google.protobuf.ByteString;
import io.tollgate.server.apikey.ApiKeyHash;
import io.tollgate.server.envoy.mapping.Refusal.Kind;
import io.tollgate.v1.Actor;
import io.tollgate.v1.AttributeValue;
import io.tollgate.v1.DecideMode;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.GaugeReading;
import io.tollgate.v1.Place;
import io.tollgate.v1.Target;
import io.tollgate.v1.Usage;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is asked about the requests of a rule. Immutable.
 *
 * @param fields      single values
 * @param roles       of the actor; null = none are said
 * @param tokenScopes of the actor's token; null = none are said
 * @param actor       attributes of the actor, by name
 * @param attributes  of the request, by name
 * @param resource    attributes of the resource, by name
 * @param amounts     what is asked for
 * @param readings    what is used now
 */
record Ask(
        Map<Field, ValueSource> fields,
        @Nullable ListSource roles,
        @Nullable ListSource tokenScopes,
        Map<String, TypedSource> actor,
        Map<String, TypedSource> attributes,
        Map<String, TypedSource> resource,
        List<Amount> amounts,
        List<Reading> readings) {
    static final Ask NOTHING = new Ask(Map.of(), null, null, Map.of(), Map.of(), Map.of(), List.of(), List.of());

    /** {@return this with what it does not say taken from the common one: field by field, attribute by attribute} */
    Ask over(final Ask common) {
        final Map<Field, ValueSource> merged = new EnumMap<>(Field.class);
        merged.putAll(common.fields);
        merged.putAll(fields);
        return new Ask(
                merged,
                roles == null ? common.roles : roles,
                tokenScopes == null ? common.tokenScopes : tokenScopes,
                merged(common.actor, actor),
                merged(common.attributes, attributes),
                merged(common.resource, resource),
                amounts.isEmpty() ? common.amounts : amounts,
                readings.isEmpty() ? common.readings : readings);
    }

    private static Map<String, TypedSource> merged(
            final Map<String, TypedSource> common, final Map<String, TypedSource> own) {
        final Map<String, TypedSource> merged = new LinkedHashMap<>(common);
        merged.putAll(own);
        return Map.copyOf(merged);
    }

    /** Looking a digest up costs more than using it. */
    private static final ThreadLocal<ApiKeyHash> HASH = ThreadLocal.withInitial(ApiKeyHash::new);

    /** {@return the question} */
    DecideRequest question(final CheckFacts facts, final Map<String, String> path) throws Refusal {
        final Reader read = new Reader(this, facts, path);
        final DecideRequest.Builder question = DecideRequest.newBuilder()
                .setMode(mode(read.orEmpty(Field.MODE)))
                .setPlace(Place.newBuilder()
                        .setOrganization(read.orEmpty(Field.ORGANIZATION))
                        .setDepartment(read.orEmpty(Field.DEPARTMENT))
                        .setProject(read.orEmpty(Field.PROJECT)))
                .setTarget(target(read))
                .setActor(actor(read))
                .setIdempotencyKey(read.orEmpty(Field.IDEMPOTENCY_KEY))
                .setCorrelationId(
                        fields.containsKey(Field.CORRELATION_ID)
                                ? read.orEmpty(Field.CORRELATION_ID)
                                : facts.correlationId());
        // Builders make maps and lists as soon as they are given one, be it empty.
        if (!attributes.isEmpty()) {
            question.putAllAttributes(read.attributes(attributes));
        }
        for (int i = 0; i < amounts.size(); i++) {
            final Amount each = amounts.get(i);
            final long amount = each.read(facts, path);
            if (amount > 0) {
                question.addUsage(Usage.newBuilder().setUnit(each.unit()).setAmount(amount));
            }
        }
        for (int i = 0; i < readings.size(); i++) {
            final GaugeReading reading = readings.get(i).read(facts, path);
            if (reading != null) {
                question.addCurrentUsage(reading);
            }
        }
        terms(read, question);
        return question.build();
    }

    private static void terms(final Reader read, final DecideRequest.Builder question) throws Refusal {
        final long ttlMs = read.durationMs(Field.TTL);
        if (ttlMs > 0) {
            question.getReservationBuilder().setTtlMs(ttlMs);
        }
        if (read.formed(Field.ALLOW_PARTIAL).equals("true")) {
            question.getReservationBuilder().setAllowPartial(true);
        }
        question.setMaxStalenessMs(read.durationMs(Field.MAX_STALENESS));
        final String version = read.formed(Field.REGISTRY_VERSION);
        if (!version.isEmpty()) {
            question.setRegistryVersion(Long.parseLong(version));
        }
    }

    private Target target(final Reader read) throws Refusal {
        final Target.Builder target = Target.newBuilder()
                .setProduct(read.required(Field.PRODUCT))
                .setResourceType(read.required(Field.RESOURCE_TYPE))
                .setAction(read.required(Field.ACTION))
                .setResourceId(read.orEmpty(Field.RESOURCE_ID));
        return resource.isEmpty()
                ? target.build()
                : target.putAllResourceAttributes(read.attributes(resource)).build();
    }

    private Actor actor(final Reader read) throws Refusal {
        final Actor.Builder who = Actor.newBuilder();
        final String key = read.orEmpty(Field.API_KEY);
        if (!key.isEmpty()) {
            who.setApiKeySha256(sha256(key));
        } else {
            final String id = read.orEmpty(Field.ACTOR_ID);
            if (id.isEmpty()) {
                throw new Refusal(Kind.VALUE, "The request does not say who sends it.");
            }
            who.setType(read.required(Field.ACTOR_TYPE)).setId(id);
        }
        if (roles != null) {
            who.addAllRoles(read.texts(roles));
        }
        if (tokenScopes != null) {
            who.addAllScopes(read.texts(tokenScopes));
        }
        if (!actor.isEmpty()) {
            who.putAllAttributes(read.attributes(actor));
        }
        return who.build();
    }

    private static DecideMode mode(final String word) throws Refusal {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "", "consume" -> DecideMode.DECIDE_MODE_CONSUME;
            case "check" -> DecideMode.DECIDE_MODE_CHECK;
            case "reserve" -> DecideMode.DECIDE_MODE_RESERVE;
            default -> throw new Refusal(Kind.VALUE, "The mode is none of check, consume and reserve.");
        };
    }

    static ByteString sha256(final String key) {
        return ByteString.copyFrom(HASH.get().of(key));
    }

    private record Reader(Ask ask, CheckFacts facts, Map<String, String> path) {
        String orEmpty(final Field field) throws Refusal {
            final ValueSource source = ask.fields().get(field);
            final String value = source == null ? null : source.read(facts, path);
            return value == null ? "" : value;
        }

        String required(final Field field) throws Refusal {
            final String value = orEmpty(field);
            if (value.isEmpty()) {
                throw new Refusal(Kind.VALUE, "The request does not say its " + words(field) + ".");
            }
            return value;
        }

        /** {@return empty, or what looks as the field must} */
        String formed(final Field field) throws Refusal {
            final String value = orEmpty(field);
            if (!value.isEmpty() && field.form().accept(value) == null) {
                throw new Refusal(
                        Kind.VALUE, "It must be " + field.form().words() + ": the request's " + words(field) + ".");
            }
            return value;
        }

        long durationMs(final Field field) throws Refusal {
            final String value = formed(field);
            return value.isEmpty() ? 0 : Form.durationMs(value);
        }

        private String words(final Field field) {
            final ValueSource source = ask.fields().get(field);
            return field.key().replace('_', ' ') + (source == null ? "" : ": " + source.words());
        }

        List<String> texts(final @Nullable ListSource source) throws Refusal {
            final List<String> texts = source == null ? null : source.read(facts, path);
            return texts == null ? List.of() : texts;
        }

        Map<String, AttributeValue> attributes(final Map<String, TypedSource> sources) throws Refusal {
            if (sources.isEmpty()) {
                return Map.of();
            }
            final Map<String, AttributeValue> values = new HashMap<>();
            for (final Map.Entry<String, TypedSource> each : sources.entrySet()) {
                final AttributeValue value = each.getValue().read(facts, path);
                if (value != null) {
                    values.put(each.getKey(), value);
                }
            }
            return values;
        }
    }
}
