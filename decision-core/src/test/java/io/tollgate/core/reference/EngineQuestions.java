/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.Field;
import java.util.HexFormat;
import java.util.List;

/** What the model is asked, as the engine reads it. */
final class EngineQuestions {
    private static final long NS_PER_MS = 1_000_000L;

    private EngineQuestions() {}

    static void fill(final DecisionRequest request, final ReferenceRequest asked) {
        request.reset()
                .mode(asked.mode())
                .registryVersion(asked.registryVersion())
                .allowPartial(asked.options().allowPartial())
                .reservationTtlNs(asked.options().ttlMs() * NS_PER_MS)
                .set(Field.IDEMPOTENCY_KEY, asked.options().idempotencyKey())
                .set(Field.ORGANIZATION, asked.organization())
                .set(Field.DEPARTMENT, asked.department())
                .set(Field.PROJECT, asked.project())
                .set(Field.PRODUCT, asked.operation().product())
                .set(Field.RESOURCE_TYPE, asked.operation().resourceType())
                .set(Field.ACTION, asked.operation().action());
        if (asked.maxStalenessMs() != ReferenceRequest.NOT_STATED) {
            request.maxStalenessNs(asked.maxStalenessMs() * NS_PER_MS);
        }
        if (asked.actor().apiKeyHash().isEmpty()) {
            request.set(Field.ACTOR_TYPE, asked.actor().type())
                    .set(Field.ACTOR_ID, asked.actor().id());
        } else {
            request.apiKeyHash(HexFormat.of().parseHex(asked.actor().apiKeyHash()));
        }
        asked.actor().roles().forEach(request::addRole);
        asked.actor().tokenScopes().forEach(request::addTokenScope);
        asked.usages().forEach(usage -> request.addUsage(usage.amount(), usage.unit()));
        request.set(Field.RESOURCE_ID, asked.facts().resourceId());
        asked.facts().readings().forEach(reading -> request.readings().add(reading.dimension(), reading.value()));
        asked.facts().attributes().forEach((name, value) -> StatedAttributes.add(request, name, value));
    }

    /** What Extend adds, or Settle says. */
    static void fill(
            final DecisionRequest request,
            final List<ReferenceRequest.Usage> usages,
            final ReferenceRequest.Options options) {
        request.reset().reservationTtlNs(options.ttlMs() * NS_PER_MS);
        request.set(Field.IDEMPOTENCY_KEY, options.idempotencyKey());
        usages.forEach(usage -> request.addUsage(usage.amount(), usage.unit()));
    }
}
