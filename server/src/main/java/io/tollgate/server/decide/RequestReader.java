/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.tollgate.core.DecideMode;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.Defect;
import io.tollgate.core.request.Field;
import io.tollgate.server.apikey.ApiKeyHash;
import io.tollgate.v1.Actor;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.GaugeReading;
import io.tollgate.v1.Place;
import io.tollgate.v1.ReservationOptions;
import io.tollgate.v1.Target;
import io.tollgate.v1.Usage;

/**
 * From the wire's message to the engine's request. What is wrong is remembered in the request, never thrown. API keys
 * are hashed here and not kept. Belongs to one thread.
 */
public final class RequestReader {
    private static final long NS_PER_MS = 1_000_000L;
    private static final long MAX_MS = Long.MAX_VALUE / NS_PER_MS;

    private final ApiKeyHash hash = new ApiKeyHash();

    /** One for each thread. */
    public RequestReader() {}

    /** Fills the request, which forgets what was in it. */
    public void read(final DecideRequest from, final DecisionRequest to) {
        to.reset();
        readMode(from, to);
        to.set(Field.CORRELATION_ID, from.getCorrelationId());
        to.set(Field.IDEMPOTENCY_KEY, from.getIdempotencyKey());
        to.registryVersion(from.getRegistryVersion());
        readActor(from.getActor(), to);
        readPlaceAndTarget(from.getPlace(), from.getTarget(), to);
        for (int i = 0; i < from.getUsageCount(); i++) {
            final Usage usage = from.getUsage(i);
            to.addUsage(usage.getAmount(), usage.getUnit());
        }
        StatedAttributes.read(from, to);
        for (int i = 0; i < from.getCurrentUsageCount(); i++) {
            final GaugeReading reading = from.getCurrentUsage(i);
            to.readings().add(reading.getDimension(), reading.getValue());
        }
        if (from.getMaxStalenessMs() != 0) {
            to.maxStalenessNs(durationNs(from.getMaxStalenessMs(), "max_staleness_ms", to));
        }
        if (from.hasReservation()) {
            final ReservationOptions reservation = from.getReservation();
            to.allowPartial(reservation.getAllowPartial());
            to.reservationTtlNs(durationNs(reservation.getTtlMs(), "reservation.ttl_ms", to));
        }
    }

    private static void readMode(final DecideRequest from, final DecisionRequest to) {
        final DecideMode mode = from.getModeValue() == 0 ? DecideMode.CHECK : DecideMode.ofCode(from.getModeValue());
        if (mode == null) {
            to.reject(Defect.UNKNOWN_MODE, "mode");
        } else {
            to.mode(mode);
        }
    }

    private void readActor(final Actor actor, final DecisionRequest to) {
        to.set(Field.ACTOR_TYPE, actor.getType());
        to.set(Field.ACTOR_ID, actor.getId());
        for (int i = 0; i < actor.getRolesCount(); i++) {
            to.addRole(actor.getRoles(i));
        }
        for (int i = 0; i < actor.getScopesCount(); i++) {
            to.addTokenScope(actor.getScopes(i));
        }
        final String apiKey = actor.getApiKey();
        if (!apiKey.isEmpty()) {
            readApiKey(actor, apiKey, to);
        } else if (!actor.getApiKeySha256().isEmpty()) {
            to.apiKeyHash(actor.getApiKeySha256().toByteArray());
        }
    }

    private void readApiKey(final Actor actor, final String apiKey, final DecisionRequest to) {
        if (!actor.getApiKeySha256().isEmpty()) {
            to.reject(Defect.ACTOR_AMBIGUOUS, "actor.api_key_sha256");
        } else if (apiKey.length() > DecisionRequest.MAX_ID_BYTES) {
            to.reject(Defect.TOO_LONG, "actor.api_key");
        } else if (apiKey.indexOf(0) >= 0) {
            to.reject(Defect.NOT_TEXT, "actor.api_key");
        } else {
            to.apiKeyHash(hash.of(apiKey));
        }
    }

    private static void readPlaceAndTarget(final Place place, final Target target, final DecisionRequest to) {
        to.set(Field.ORGANIZATION, place.getOrganization());
        to.set(Field.DEPARTMENT, place.getDepartment());
        to.set(Field.PROJECT, place.getProject());
        to.set(Field.PRODUCT, target.getProduct());
        to.set(Field.RESOURCE_TYPE, target.getResourceType());
        to.set(Field.ACTION, target.getAction());
        to.set(Field.RESOURCE_ID, target.getResourceId());
    }

    private static long durationNs(final long unsignedMs, final String field, final DecisionRequest to) {
        if (unsignedMs < 0 || unsignedMs > MAX_MS) {
            to.reject(Defect.DURATION_OUT_OF_RANGE, field);
            return Long.MAX_VALUE;
        }
        return unsignedMs * NS_PER_MS;
    }
}
