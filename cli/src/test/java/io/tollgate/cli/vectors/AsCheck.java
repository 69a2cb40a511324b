/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.vectors;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.tollgate.envoy.auth.v3.CheckRequest;
import io.tollgate.v1.Actor;
import io.tollgate.v1.AttributeValue;
import io.tollgate.v1.DecideMode;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.GaugeReading;
import io.tollgate.v1.Usage;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A request as a Check, and the rule of a mapping that makes the same request of it.
 *
 * @param rule   YAML, since JSON is
 * @param check  what Envoy would send
 * @param isGrpc whether a gRPC client waits
 */
record AsCheck(JsonObject rule, CheckRequest check, boolean isGrpc) {
    private static final long MAX_DURATION = 999_999_999;
    private static final long KILO = 1_000;

    /** {@return why a mapping cannot make this request of any Check; null = it can} */
    static @Nullable String obstacle(DecideRequest request) {
        final Actor actor = request.getActor();
        final boolean key = !actor.getApiKey().isEmpty();
        if (!actor.getApiKeySha256().isEmpty()) {
            return "the hash of a key: a mapping hashes keys itself";
        }
        if (key && (!actor.getType().isEmpty() || !actor.getId().isEmpty())) {
            return "an actor and a key at once: a mapping asks about the key";
        }
        if (!key && (actor.getType().isEmpty() || actor.getId().isEmpty())) {
            return "nobody asks: the mapping refuses that itself, before there is a question";
        }
        if (request.getTarget().getAction().isEmpty()) {
            return "no action: a mapping without one does not start";
        }
        if (request.getUsageList().stream().anyMatch(usage -> usage.getAmount() < 1)) {
            return "an amount below 1: a mapping leaves out 0 and refuses what is no whole number";
        }
        if (request.getRegistryVersion() < 0) {
            return "a registry version above 2^63 - 1";
        }
        if (isRepeated(actor.getRolesList()) || isRepeated(actor.getScopesList())) {
            return "a text twice in a list: a mapping says it once";
        }
        return null;
    }

    private static boolean isRepeated(List<String> texts) {
        return new HashSet<>(texts).size() < texts.size();
    }

    /** {@return the request that the mapping makes: what it cannot say and nobody misses is left out} */
    static AsCheck of(int number, DecideRequest request, RandomGenerator choice) {
        final CheckScribe scribe = new CheckScribe(number, choice);
        final JsonObject asked = new JsonObject();
        who(request.getActor(), scribe, asked);
        put(asked, "organization", request.getPlace().getOrganization(), true, scribe);
        put(asked, "department", request.getPlace().getDepartment(), false, scribe);
        put(asked, "project", request.getPlace().getProject(), false, scribe);
        put(asked, "product", request.getTarget().getProduct(), false, scribe);
        put(asked, "resource_type", request.getTarget().getResourceType(), false, scribe);
        put(asked, "action", request.getTarget().getAction(), false, scribe);
        put(asked, "resource_id", request.getTarget().getResourceId(), false, scribe);
        put(asked, "idempotency_key", request.getIdempotencyKey(), false, scribe);
        attributes(asked, "actor_attributes", request.getActor().getAttributesMap(), true, scribe);
        attributes(asked, "resource_attributes", request.getTarget().getResourceAttributesMap(), false, scribe);
        attributes(asked, "attributes", request.getAttributesMap(), false, scribe);
        amounts(request, choice, scribe, asked);
        terms(request, choice, scribe, asked);
        String id = request.getCorrelationId();
        if (!id.isEmpty() && choice.nextBoolean()) {
            put(asked, "correlation_id", id, false, scribe);
            id = "another";
        }
        final boolean isGrpc = choice.nextInt(4) == 0;
        final CheckRequest check = scribe.check(id, isGrpc);
        final JsonObject rule = new JsonObject();
        rule.addProperty("name", name(number));
        final JsonObject match = new JsonObject();
        match.addProperty("path", scribe.template());
        rule.add("match", match);
        rule.add("request", asked);
        return new AsCheck(rule, check, isGrpc);
    }

    static String name(int number) {
        return "step-" + number;
    }

    private static void who(Actor actor, CheckScribe scribe, JsonObject asked) {
        if (actor.getApiKey().isEmpty()) {
            put(asked, "actor_type", actor.getType(), true, scribe);
            put(asked, "actor_id", actor.getId(), true, scribe);
        } else {
            asked.add("api_key", scribe.putKey(actor.getApiKey()));
        }
        if (actor.getRolesCount() > 0) {
            asked.add("roles", scribe.putAll(actor.getRolesList(), true));
        }
        if (actor.getScopesCount() > 0) {
            asked.add("token_scopes", scribe.putAll(actor.getScopesList(), true));
        }
    }

    private static void put(JsonObject asked, String field, String value, boolean isWho, CheckScribe scribe) {
        if (!value.isEmpty()) {
            asked.add(field, scribe.put(value, isWho));
        }
    }

    private static void amounts(DecideRequest request, RandomGenerator choice, CheckScribe scribe, JsonObject asked) {
        final JsonArray amounts = new JsonArray();
        for (Usage usage : request.getUsageList()) {
            final JsonObject amount = new JsonObject();
            amount.addProperty("unit", usage.getUnit());
            if (usage.getAmount() % KILO == 0 && choice.nextBoolean()) {
                amount.add("amount", scribe.putNumber(usage.getAmount() / KILO, false));
                amount.addProperty("multiply", "1_000");
            } else {
                amount.add("amount", scribe.putNumber(usage.getAmount(), false));
            }
            amounts.add(amount);
        }
        if (!amounts.isEmpty()) {
            asked.add("usage", amounts);
        }
        final JsonArray readings = new JsonArray();
        for (GaugeReading reading : request.getCurrentUsageList()) {
            final JsonObject each = new JsonObject();
            each.addProperty("dimension", reading.getDimension());
            each.add("value", scribe.putNumber(reading.getValue(), false));
            readings.add(each);
        }
        if (!readings.isEmpty()) {
            asked.add("current_usage", readings);
        }
    }

    private static void terms(DecideRequest request, RandomGenerator choice, CheckScribe scribe, JsonObject asked) {
        final DecideMode mode = request.getMode();
        if (mode != DecideMode.DECIDE_MODE_CONSUME || choice.nextBoolean()) {
            final String word = mode == DecideMode.DECIDE_MODE_UNSPECIFIED
                    ? "check"
                    : mode.name().substring("DECIDE_MODE_".length()).toLowerCase(java.util.Locale.ROOT);
            asked.add("mode", scribe.put(word, false));
        }
        if (request.getReservation().getTtlMs() != 0) {
            asked.add("ttl", scribe.put(duration(request.getReservation().getTtlMs()), false));
        }
        if (request.getReservation().getAllowPartial()) {
            asked.add("allow_partial", scribe.put("true", false));
        }
        if (request.getMaxStalenessMs() != 0) {
            asked.add("max_staleness", scribe.put(duration(request.getMaxStalenessMs()), false));
        }
        if (request.getRegistryVersion() != 0) {
            asked.add("registry_version", scribe.putNumber(request.getRegistryVersion(), false));
        }
    }

    private static String duration(long ms) {
        if (ms > MAX_DURATION && ms % KILO != 0) {
            throw new IllegalArgumentException("no duration of a mapping: " + ms + " ms");
        }
        return ms > MAX_DURATION ? ms / KILO + "s" : ms + "ms";
    }

    private static void attributes(
            JsonObject asked, String key, Map<String, AttributeValue> values, boolean isWho, CheckScribe scribe) {
        if (values.isEmpty()) {
            return;
        }
        final JsonObject sources = new JsonObject();
        new TreeMap<>(values).forEach((name, value) -> sources.add(name, attribute(value, isWho, scribe)));
        asked.add(key, sources);
    }

    private static JsonElement attribute(AttributeValue value, boolean isWho, CheckScribe scribe) {
        return switch (value.getValueCase()) {
            case STRING_VALUE -> scribe.put(value.getStringValue(), isWho);
            case INT_VALUE -> typed("int", scribe.putNumber(value.getIntValue(), isWho));
            case DOUBLE_VALUE -> typed("double", scribe.put(Double.toString(value.getDoubleValue()), isWho));
            case BOOL_VALUE -> typed("bool", scribe.put(Boolean.toString(value.getBoolValue()), isWho));
            case TIMESTAMP_MS -> moment(value.getTimestampMs(), isWho, scribe);
            case STRING_LIST ->
                typed("string_list", scribe.putAll(value.getStringList().getValuesList(), isWho));
            case VALUE_NOT_SET -> throw new IllegalArgumentException("an attribute without a value");
        };
    }

    private static JsonElement moment(long ms, boolean isWho, CheckScribe scribe) {
        if (ms % KILO == 0 && ms % (2 * KILO) != 0) {
            return typed("timestamp_s", scribe.putNumber(ms / KILO, isWho));
        }
        final java.time.Instant instant = java.time.Instant.ofEpochMilli(ms);
        final int year = instant.atOffset(java.time.ZoneOffset.UTC).getYear();
        return ms % 2 == 0 && year > 0 && year < 9_999
                ? typed("timestamp", scribe.put(instant.toString(), isWho))
                : typed("timestamp_ms", scribe.putNumber(ms, isWho));
    }

    /** A source with its type; several, and plain values, stand below {@code from}. */
    private static JsonElement typed(String type, JsonElement source) {
        final JsonObject typed;
        if (source instanceof JsonObject one) {
            typed = one;
        } else {
            typed = new JsonObject();
            if (source instanceof JsonArray) {
                typed.add("from", source);
            } else {
                typed.add("value", new JsonPrimitive(source.getAsString()));
            }
        }
        typed.addProperty("type", type);
        return typed;
    }
}
