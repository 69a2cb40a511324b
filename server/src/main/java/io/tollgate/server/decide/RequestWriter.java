/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import com.google.protobuf.ByteString;
import io.tollgate.core.DecideMode;
import io.tollgate.core.request.AttributeGroup;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.Field;
import io.tollgate.core.request.RequestAttributes;
import io.tollgate.core.world.def.AttributeType;
import io.tollgate.v1.Actor;
import io.tollgate.v1.AttributeValue;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.GaugeReading;
import io.tollgate.v1.Place;
import io.tollgate.v1.ReservationOptions;
import io.tollgate.v1.StringList;
import io.tollgate.v1.Target;
import io.tollgate.v1.Usage;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * From the engine's request back to the wire's message: what {@link RequestReader} read, without correlation id and explain level, and
 * of an API key only its hash. For the log, where the engine knows more than was asked. Allocates.
 */
final class RequestWriter {
    private static final long NS_PER_MS = 1_000_000L;

    private RequestWriter() {}

    static DecideRequest of(final DecisionRequest from) {
        final DecideRequest.Builder to = DecideRequest.newBuilder()
                .setIdempotencyKey(text(from, Field.IDEMPOTENCY_KEY))
                .setModeValue(from.mode().code())
                .setRegistryVersion(from.registryVersion())
                .setActor(actor(from))
                .setPlace(Place.newBuilder()
                        .setOrganization(text(from, Field.ORGANIZATION))
                        .setDepartment(text(from, Field.DEPARTMENT))
                        .setProject(text(from, Field.PROJECT)))
                .setTarget(target(from));
        for (int i = 0; i < from.usageCount(); i++) {
            to.addUsage(Usage.newBuilder().setAmount(from.amount(i)).setUnit(from.unit(i)));
        }
        for (int i = 0; i < from.readings().count(); i++) {
            to.addCurrentUsage(GaugeReading.newBuilder()
                    .setDimension(from.readings().dimension(i))
                    .setValue(from.readings().value(i)));
        }
        if (from.maxStalenessNs() != Long.MAX_VALUE) {
            to.setMaxStalenessMs(from.maxStalenessNs() / NS_PER_MS);
        }
        if (from.mode() == DecideMode.RESERVE || from.allowPartial()) {
            to.setReservation(ReservationOptions.newBuilder()
                    .setAllowPartial(from.allowPartial())
                    .setTtlMs(from.reservationTtlNs() / NS_PER_MS));
        }
        for (int i = 0; i < from.attributes().count(); i++) {
            attribute(from.attributes(), i, to);
        }
        return to.build();
    }

    private static Actor actor(final DecisionRequest from) {
        final Actor.Builder actor =
                Actor.newBuilder().setType(text(from, Field.ACTOR_TYPE)).setId(text(from, Field.ACTOR_ID));
        for (int i = 0; i < from.roleCount(); i++) {
            actor.addRoles(text(from.bytes(), from.roleOffset(i), from.roleLength(i)));
        }
        for (int i = 0; i < from.tokenScopeCount(); i++) {
            actor.addScopes(text(from.bytes(), from.tokenScopeOffset(i), from.tokenScopeLength(i)));
        }
        if (from.hasApiKey()) {
            actor.setApiKeySha256(
                    ByteString.copyFrom(from.bytes(), from.apiKeyOffset(), DecisionRequest.API_KEY_HASH_BYTES));
        }
        return actor.build();
    }

    private static Target target(final DecisionRequest from) {
        return Target.newBuilder()
                .setProduct(text(from, Field.PRODUCT))
                .setResourceType(text(from, Field.RESOURCE_TYPE))
                .setAction(text(from, Field.ACTION))
                .setResourceId(text(from, Field.RESOURCE_ID))
                .build();
    }

    private static void attribute(final RequestAttributes from, final int i, final DecideRequest.Builder to) {
        final String name = from.name(i);
        final AttributeValue value = value(from, i);
        if (name.startsWith(AttributeGroup.ACTOR.prefix())) {
            to.getActorBuilder()
                    .putAttributes(name.substring(AttributeGroup.ACTOR.prefix().length()), value);
        } else if (name.startsWith(AttributeGroup.RESOURCE.prefix())) {
            to.getTargetBuilder()
                    .putResourceAttributes(
                            name.substring(AttributeGroup.RESOURCE.prefix().length()), value);
        } else {
            to.putAttributes(name.substring(AttributeGroup.REQUEST.prefix().length()), value);
        }
    }

    private static AttributeValue value(final RequestAttributes from, final int i) {
        final AttributeValue.Builder value = AttributeValue.newBuilder();
        final AttributeType type = AttributeType.ofCode(from.typeCode(i));
        if (type == null) {
            return value.build();
        }
        switch (type) {
            case STRING -> value.setStringValue(text(from.bytes(), from.textOffset(i), from.size(i)));
            case INT -> value.setIntValue(from.bits(i));
            case DOUBLE -> value.setDoubleValue(Double.longBitsToDouble(from.bits(i)));
            case BOOL -> value.setBoolValue(from.bits(i) != 0);
            case TIMESTAMP -> value.setTimestampMs(from.bits(i));
            case STRING_LIST -> {
                final StringList.Builder list = StringList.newBuilder();
                for (int e = 0; e < from.size(i); e++) {
                    list.addValues(text(from.bytes(), from.elementOffset(i, e), from.elementLength(i, e)));
                }
                value.setStringList(list);
            }
        }
        return value.build();
    }

    private static String text(final DecisionRequest from, final Field field) {
        final @Nullable String text = from.text(field);
        return text == null ? "" : text;
    }

    private static String text(final byte[] bytes, final int offset, final int length) {
        return new String(bytes, offset, length, StandardCharsets.UTF_8);
    }
}
