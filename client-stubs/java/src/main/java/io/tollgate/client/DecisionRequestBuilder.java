/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.client;

import com.google.protobuf.ByteString;
import io.tollgate.v1.Actor;
import io.tollgate.v1.DecideMode;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.ExplainLevel;
import io.tollgate.v1.GaugeReading;
import io.tollgate.v1.Place;
import io.tollgate.v1.ReservationOptions;
import io.tollgate.v1.Target;
import io.tollgate.v1.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * Builds a {@link DecisionRequest} step by step and refuses what the sidecar could never accept, with an
 * {@link IllegalArgumentException} that names the field. Names are at most 256 bytes of UTF-8. Not thread-safe.
 */
public final class DecisionRequestBuilder {
    private final DecideRequest.Builder request = DecideRequest.newBuilder().setMode(DecideMode.DECIDE_MODE_CHECK);
    private final Actor.Builder actor = Actor.newBuilder();
    private final Place.Builder place = Place.newBuilder();
    private final Target.Builder target = Target.newBuilder();
    private final ReservationOptions.Builder reservation = ReservationOptions.newBuilder();

    DecisionRequestBuilder() {}

    /** Who asks: a registered actor type ("user", "service", "agent") and a name. Instead of an API key. */
    public DecisionRequestBuilder actor(String type, String id) {
        actor.setType(RequestLimits.id("actor type", type)).setId(RequestLimits.id("actor id", id));
        return this;
    }

    /** Who asks, by API key. The sidecar looks up its SHA-256 only; it stores and logs no key. */
    public DecisionRequestBuilder apiKey(String key) {
        actor.setApiKey(secret(key));
        return this;
    }

    /** Who asks, by the SHA-256 of an API key (32 bytes), where the key itself must not be passed on. */
    public DecisionRequestBuilder apiKeySha256(byte[] digest) {
        if (digest.length != RequestLimits.SHA256_BYTES) {
            throw new IllegalArgumentException("API key digest has " + digest.length + " bytes, SHA-256 has 32");
        }
        actor.setApiKeySha256(ByteString.copyFrom(digest));
        return this;
    }

    /** Adds a role that the caller vouches for; at most 64. */
    public DecisionRequestBuilder role(String role) {
        actor.addRoles(RequestLimits.id("role", role));
        RequestLimits.count("roles", actor.getRolesCount(), RequestLimits.MAX_ROLES);
        return this;
    }

    /** Adds a scope of the caller's token, for instance "llm:write"; at most 64. */
    public DecisionRequestBuilder tokenScope(String scope) {
        actor.addScopes(RequestLimits.id("token scope", scope));
        RequestLimits.count("token scopes", actor.getScopesCount(), RequestLimits.MAX_TOKEN_SCOPES);
        return this;
    }

    /**
     * An attribute of the actor, for conditions: String, Long, Integer, Double, Boolean, Instant or List of String. What the
     * directory says of the same attribute wins. At most 64 attributes of actor, resource and request together.
     */
    public DecisionRequestBuilder actorAttribute(String name, Object value) {
        actor.putAttributes(AttributeWords.name("actor", name), AttributeWords.value(name, value));
        return countAttributes();
    }

    public DecisionRequestBuilder organization(String name) {
        place.setOrganization(RequestLimits.id("organization", name));
        return this;
    }

    /** Optional: follows from the project. */
    public DecisionRequestBuilder department(String name) {
        place.setDepartment(RequestLimits.id("department", name));
        return this;
    }

    public DecisionRequestBuilder project(String name) {
        place.setProject(RequestLimits.id("project", name));
        return this;
    }

    /** What is to be done, as registered: {@code action("llm", "model", "generate")}. */
    public DecisionRequestBuilder action(String product, String resourceType, String action) {
        target.setProduct(RequestLimits.id("product", product))
                .setResourceType(RequestLimits.id("resource type", resourceType))
                .setAction(RequestLimits.id("action", action));
        return this;
    }

    /** The resource it is to be done to. */
    public DecisionRequestBuilder resource(String id) {
        target.setResourceId(RequestLimits.id("resource id", id));
        return this;
    }

    /** An attribute of the resource, for conditions; types as in {@link #actorAttribute}. */
    public DecisionRequestBuilder resourceAttribute(String name, Object value) {
        target.putResourceAttributes(AttributeWords.name("resource", name), AttributeWords.value(name, value));
        return countAttributes();
    }

    /** An attribute of the request itself, for conditions; types as in {@link #actorAttribute}. */
    public DecisionRequestBuilder requestAttribute(String name, Object value) {
        request.putAttributes(AttributeWords.name("request", name), AttributeWords.value(name, value));
        return countAttributes();
    }

    private DecisionRequestBuilder countAttributes() {
        final int count =
                actor.getAttributesCount() + target.getResourceAttributesCount() + request.getAttributesCount();
        RequestLimits.count("attributes", count, RequestLimits.MAX_ATTRIBUTES);
        return this;
    }

    /** Adds an amount greater than 0 in a registered unit; at most 16. Without any it is a pure permission question. */
    public DecisionRequestBuilder usage(long amount, String unit) {
        request.addUsage(Usage.newBuilder()
                .setAmount(RequestLimits.amount("usage amount", amount))
                .setUnit(RequestLimits.id("usage unit", unit)));
        RequestLimits.count("usages", request.getUsageCount(), RequestLimits.MAX_USAGES);
        return this;
    }

    /** The caller's own reading of what is used now, for conditions; as {@link #currentUsage(String, long, Instant)}, read now. */
    public DecisionRequestBuilder currentUsage(String dimension, long value) {
        return currentUsage(dimension, value, Instant.now());
    }

    /** The caller's own reading of what is used now of a dimension, in its unit, at least 0; at most 16 dimensions. */
    public DecisionRequestBuilder currentUsage(String dimension, long value, Instant observedAt) {
        if (value < 0) {
            throw new IllegalArgumentException(
                    "current usage of " + dimension + " is " + value + ", it cannot be negative");
        }
        request.addCurrentUsage(GaugeReading.newBuilder()
                .setDimension(RequestLimits.id("dimension of current usage", dimension))
                .setValue(value)
                .setObservedAtMs(observedAt.toEpochMilli()));
        RequestLimits.count("readings of current usage", request.getCurrentUsageCount(), RequestLimits.MAX_READINGS);
        return this;
    }

    /** Evaluate only; nothing is taken. The default. */
    public DecisionRequestBuilder check() {
        request.setMode(DecideMode.DECIDE_MODE_CHECK);
        return this;
    }

    /** Take the amount for good. */
    public DecisionRequestBuilder consume() {
        request.setMode(DecideMode.DECIDE_MODE_CONSUME);
        return this;
    }

    /** Hold the amount until it is settled, released, or the snapshot's default time to live has passed. */
    public DecisionRequestBuilder reserve() {
        request.setMode(DecideMode.DECIDE_MODE_RESERVE);
        return this;
    }

    /** Hold the amount for at most this long; at least a millisecond. */
    public DecisionRequestBuilder reserve(Duration ttl) {
        reservation.setTtlMs(millis("reservation ttl", ttl));
        return reserve();
    }

    /** Grant less than asked, at least 1, when less is left. See {@link Decision#granted()}. */
    public DecisionRequestBuilder allowPartial() {
        reservation.setAllowPartial(true);
        return this;
    }

    /** Evidence must not be older than this. Can only tighten what the snapshot demands; at least a millisecond. */
    public DecisionRequestBuilder maxStaleness(Duration age) {
        request.setMaxStalenessMs(millis("max staleness", age));
        return this;
    }

    /** The caller's own name for this request; the answer carries it. */
    public DecisionRequestBuilder correlationId(String id) {
        request.setCorrelationId(RequestLimits.id("correlation id", id));
        return this;
    }

    /** Asking again with the same key and parameters takes nothing more and answers the same. */
    public DecisionRequestBuilder idempotencyKey(String key) {
        request.setIdempotencyKey(RequestLimits.id("idempotency key", key));
        return this;
    }

    /** The registry version that the caller was built with. */
    public DecisionRequestBuilder registryVersion(long version) {
        request.setRegistryVersion(RequestLimits.amount("registry version", version));
        return this;
    }

    /** Ask for the full explanation: every stage, rule and ceiling. Costs more; for diagnosis. */
    public DecisionRequestBuilder explain() {
        request.setExplain(ExplainLevel.EXPLAIN_LEVEL_FULL);
        return this;
    }

    /** @throws IllegalArgumentException if the actor or the action is missing, or the message is longer than 64 KiB */
    public DecisionRequest build() {
        requireActor();
        if (target.getAction().isEmpty()) {
            throw new IllegalArgumentException("no action; call action(product, resourceType, action)");
        }
        if (!place.getProject().isEmpty() && place.getOrganization().isEmpty()) {
            throw new IllegalArgumentException(
                    "project " + place.getProject() + " without organization; projects are named inside one");
        }
        request.setActor(actor).setPlace(place).setTarget(target);
        if (reservation.getTtlMs() != 0 || reservation.getAllowPartial()) {
            request.setReservation(reservation);
        }
        final DecideRequest message = request.build();
        if (message.getSerializedSize() > RequestLimits.MAX_MESSAGE_BYTES) {
            throw new IllegalArgumentException("the request has " + message.getSerializedSize()
                    + " bytes, the sidecar accepts at most " + RequestLimits.MAX_MESSAGE_BYTES);
        }
        return new DecisionRequest(message);
    }

    private void requireActor() {
        final boolean named = !actor.getId().isEmpty();
        final boolean keyed =
                !actor.getApiKey().isEmpty() || !actor.getApiKeySha256().isEmpty();
        if (!named && !keyed) {
            throw new IllegalArgumentException("nobody asks; call actor(type, id) or apiKey(key)");
        }
        if (named && keyed) {
            throw new IllegalArgumentException("both an actor and an API key; give the one that is to be trusted");
        }
        if (!actor.getApiKey().isEmpty() && !actor.getApiKeySha256().isEmpty()) {
            throw new IllegalArgumentException("both an API key and a digest; give one of them");
        }
    }

    /** The message of a failed check must not quote the key, so the field's checks are named, not the value. */
    private static String secret(String key) {
        return RequestLimits.text("API key", key, RequestLimits.MAX_API_KEY_BYTES);
    }

    private static long millis(String field, Duration duration) {
        final long millis = duration.toMillis();
        if (millis <= 0) {
            throw new IllegalArgumentException(field + " is " + duration + ", it must be at least 1 ms");
        }
        return millis;
    }

    /** As many attributes at once as wanted, each as {@link #actorAttribute}. */
    public DecisionRequestBuilder actorAttributes(Map<String, ?> attributes) {
        attributes.forEach(this::actorAttribute);
        return this;
    }
}
