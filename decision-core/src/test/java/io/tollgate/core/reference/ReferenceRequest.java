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
        Options options,
        Facts facts) {
    public static final long NOT_STATED = Long.MAX_VALUE;

    /** Who; apiKeyHash is hex, "" = named by type and id. */
    public record ActorPart(String type, String id, List<String> roles, List<String> tokenScopes, String apiKeyHash) {}

    public record Operation(String product, String resourceType, String action) {}

    public record Usage(long amount, String unit) {}

    /** ttlMs 0 = the snapshot's default; idempotencyKey "" = none. */
    public record Options(boolean allowPartial, long ttlMs, String idempotencyKey) {
        public static final Options NONE = new Options(false, 0, "");
    }

    /** What else is stated; attributes by full name. */
    public record Facts(String resourceId, Map<String, AttributeValue> attributes, List<Reading> readings) {
        Facts withoutReadings() {
            return new Facts(resourceId, attributes, List.of());
        }
    }

    public record Reading(String dimension, long value) {}

    /** The same with other usages. */
    ReferenceRequest using(final List<Usage> others) {
        return of(mode, maxStalenessMs, others, options, facts);
    }

    /** The same in another mode. */
    ReferenceRequest in(final DecideMode other) {
        return of(other, maxStalenessMs, usages, options, facts);
    }

    /** The same with other options. */
    ReferenceRequest with(final Options others) {
        return of(mode, maxStalenessMs, usages, others, facts);
    }

    /** What is compared of a repeated request. */
    ReferenceRequest without(final Facts compared) {
        return of(mode, 0, usages, options, compared);
    }

    /** The RESERVE that extending a reservation of this stands for. */
    ReferenceRequest extending(final List<Usage> added, final Options with) {
        final Options whole = new Options(false, with.ttlMs(), with.idempotencyKey());
        return of(DecideMode.RESERVE, maxStalenessMs, added, whole, facts.withoutReadings());
    }

    private ReferenceRequest of(
            final DecideMode newMode,
            final long newStalenessMs,
            final List<Usage> newUsages,
            final Options newOptions,
            final Facts newFacts) {
        return new ReferenceRequest(
                newMode,
                registryVersion,
                newStalenessMs,
                actor,
                organization,
                department,
                project,
                operation,
                newUsages,
                newOptions,
                newFacts);
    }
}
