/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.DecideMode;
import io.tollgate.core.world.def.AttributeValue;
import java.util.List;
import java.util.Map;

/** A question in plain strings; "" = absent. */
public record ReferenceRequest(
        DecideMode mode,
        long registryVersion,
        long maxStalenessMs,
        ActorPart actor,
        String organization,
        String department,
        String project,
        Operation operation,
        List<Usage> usages,
        boolean allowPartial,
        Facts facts) {
    public static final long NOT_STATED = Long.MAX_VALUE;

    /** Who; apiKeyHash is hex, "" = named by type and id. */
    public record ActorPart(String type, String id, List<String> roles, List<String> tokenScopes, String apiKeyHash) {}

    public record Operation(String product, String resourceType, String action) {}

    public record Usage(long amount, String unit) {}

    /** What else is stated; attributes by full name. */
    public record Facts(String resourceId, Map<String, AttributeValue> attributes, List<Reading> readings) {}

    public record Reading(String dimension, long value) {}
}
