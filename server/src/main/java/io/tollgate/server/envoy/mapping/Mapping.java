/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.mapping;

import com.google.protobuf.ByteString;
import io.tollgate.server.envoy.mapping.Refusal.Kind;
import io.tollgate.v1.Actor;
import io.tollgate.v1.AttributeValue;
import io.tollgate.v1.DecideMode;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.Place;
import io.tollgate.v1.ReservationOptions;
import io.tollgate.v1.Target;
import io.tollgate.v1.Usage;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rules in order; the first that matches makes the question. Immutable. */
public final class Mapping {
    private final List<Rule> rules;
    private final Upstream upstream;
    /** What it was read from: two of the same text are the same. */
    private final String text;

    /**
     * What the service behind Envoy learns.
     *
     * @param identity header by what it says: organization, department, project, actor_type, actor_id, decision_id, reservation_id,
     *                 granted, cost, obligations. Each is set or taken away with every answer that lets a request pass
     * @param removed  headers that are taken away, like that of an API key
     */
    public record Upstream(Map<String, String> identity, List<String> removed) {}

    /**
     * A question made of a Check.
     *
     * @param rule    its name
     * @param request null = the request passes, nothing is asked
     */
    public record Question(String rule, @Nullable DecideRequest request) {}

    Mapping(final List<Rule> rules, final Upstream upstream, final String text) {
        this.text = text;
        this.rules = List.copyOf(rules);
        this.upstream = upstream;
    }

    /** {@return what the service behind Envoy learns} */
    public Upstream upstream() {
        return upstream;
    }

    /** {@return how the rule's reservations end by the access log; null = they do not, or there is no such rule} */
    public @Nullable Settlement settlement(final String rule) {
        for (int i = 0; i < rules.size(); i++) {
            if (rules.get(i).name().equals(rule)) {
                return rules.get(i).settlement();
            }
        }
        return null;
    }

    /** {@return how many rules} */
    public int size() {
        return rules.size();
    }

    /**
     * {@return the question}
     *
     * @throws Refusal when there is none
     */
    public Question question(final CheckFacts facts) throws Refusal {
        // Always, also where no rule looks at it: what cannot be read in one way only goes nowhere.
        facts.path();
        for (int i = 0; i < rules.size(); i++) {
            final Rule rule = rules.get(i);
            final Map<String, String> path = rule.match().match(facts);
            if (path != null) {
                return new Question(rule.name(), rule.passes() ? null : ask(rule, facts, path));
            }
        }
        throw new Refusal(Kind.NO_RULE, "Nothing is known about this address.");
    }

    @Override
    public boolean equals(final @Nullable Object other) {
        return other instanceof Mapping mapping && mapping.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    private static DecideRequest ask(final Rule rule, final CheckFacts facts, final Map<String, String> path)
            throws Refusal {
        final Reader read = new Reader(rule, facts, path);
        final DecideRequest.Builder question = DecideRequest.newBuilder()
                .setMode(mode(read.orEmpty(Field.MODE)))
                .setPlace(Place.newBuilder()
                        .setOrganization(read.orEmpty(Field.ORGANIZATION))
                        .setDepartment(read.orEmpty(Field.DEPARTMENT))
                        .setProject(read.orEmpty(Field.PROJECT)))
                .setTarget(Target.newBuilder()
                        .setProduct(read.required(Field.PRODUCT))
                        .setResourceType(read.required(Field.RESOURCE_TYPE))
                        .setAction(read.required(Field.ACTION))
                        .setResourceId(read.orEmpty(Field.RESOURCE_ID))
                        .putAllResourceAttributes(read.attributes(rule.resource())))
                .setActor(actor(read))
                .setIdempotencyKey(read.orEmpty(Field.IDEMPOTENCY_KEY))
                .setCorrelationId(
                        rule.fields().containsKey(Field.CORRELATION_ID)
                                ? read.orEmpty(Field.CORRELATION_ID)
                                : facts.requestId())
                .putAllAttributes(read.attributes(rule.attributes()));
        for (final Amount each : rule.amounts()) {
            final long amount = each.read(facts, path);
            if (amount > 0) {
                question.addUsage(Usage.newBuilder().setUnit(each.unit()).setAmount(amount));
            }
        }
        if (rule.ttlMs() > 0) {
            question.setReservation(ReservationOptions.newBuilder().setTtlMs(rule.ttlMs()));
        }
        return question.build();
    }

    private static Actor actor(final Reader read) throws Refusal {
        final String key = read.orEmpty(Field.API_KEY);
        if (!key.isEmpty()) {
            return Actor.newBuilder().setApiKeySha256(sha256(key)).build();
        }
        final String id = read.orEmpty(Field.ACTOR_ID);
        if (id.isEmpty()) {
            throw new Refusal(Kind.VALUE, "The request does not say who sends it.");
        }
        return Actor.newBuilder()
                .setType(read.required(Field.ACTOR_TYPE))
                .setId(id)
                .build();
    }

    private static DecideMode mode(final String word) throws Refusal {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "", "consume" -> DecideMode.DECIDE_MODE_CONSUME;
            case "check" -> DecideMode.DECIDE_MODE_CHECK;
            case "reserve" -> DecideMode.DECIDE_MODE_RESERVE;
            default -> throw new Refusal(Kind.VALUE, "The mode is none of check, consume and reserve.");
        };
    }

    private static ByteString sha256(final String key) {
        try {
            return ByteString.copyFrom(
                    MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private record Reader(Rule rule, CheckFacts facts, Map<String, String> path) {
        String orEmpty(final Field field) throws Refusal {
            final ValueSource source = rule.fields().get(field);
            final String value = source == null ? null : source.read(facts, path);
            return value == null ? "" : value;
        }

        String required(final Field field) throws Refusal {
            final String value = orEmpty(field);
            if (value.isEmpty()) {
                final ValueSource source = rule.fields().get(field);
                throw new Refusal(
                        Kind.VALUE,
                        "The request does not say its " + field.key().replace('_', ' ')
                                + (source == null ? "." : ": " + source.words() + "."));
            }
            return value;
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
