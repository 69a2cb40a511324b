/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.mapping;

import io.tollgate.envoy.ratelimit.v3.RateLimitDescriptor;
import io.tollgate.server.envoy.mapping.LimitQuestion.Kind;
import io.tollgate.v1.AttributeValue;
import io.tollgate.v1.DecideMode;
import io.tollgate.v1.DecideRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The section rate_limits of a mapping: domains of rules in order; the first that matches a descriptor makes the question. Immutable. */
public final class RateLimits {
    /** No domain: every descriptor is over the limit. */
    public static final RateLimits NONE = new RateLimits(List.of());

    /** What is shown as rule where none matched, and as domain where it is not known. Neither can be written as a name. */
    private static final String UNMATCHED = "(unmatched)";

    private static final String UNKNOWN = "(unknown)";

    private final Map<String, Known> domains = new LinkedHashMap<>();
    private final List<Slot> slots = new ArrayList<>();

    /**
     * What is counted together.
     *
     * @param index  from 0, without gaps
     * @param domain its name
     * @param rule   its name
     */
    public record Slot(int index, String domain, String rule) {}

    /** Rules of a domain as they are written. */
    record Domain(String name, boolean letsUnmatchedPass, List<LimitRule> rules) {}

    private record Known(Domain domain, List<Slot> slots, Slot unmatched) {}

    RateLimits(final List<Domain> written) {
        slots.add(new Slot(0, UNKNOWN, UNMATCHED));
        for (final Domain domain : written) {
            final List<Slot> ofRules = new ArrayList<>();
            domain.rules().forEach(rule -> ofRules.add(slot(domain.name(), rule.name())));
            domains.put(domain.name(), new Known(domain, ofRules, slot(domain.name(), UNMATCHED)));
        }
    }

    private Slot slot(final String domain, final String rule) {
        final Slot slot = new Slot(slots.size(), domain, rule);
        slots.add(slot);
        return slot;
    }

    /** {@return all that is counted; the first is what belongs to no domain} */
    public List<Slot> slots() {
        return List.copyOf(slots);
    }

    /** {@return whether nothing is written} */
    public boolean isEmpty() {
        return domains.isEmpty();
    }

    /** {@return whether there is such a domain} */
    public boolean has(final String domain) {
        return domains.containsKey(domain);
    }

    /**
     * {@return what a descriptor comes to}
     *
     * @param hitsOfRequest where the descriptor says nothing else; 0 = 1
     */
    public LimitQuestion question(final String domain, final int hitsOfRequest, final RateLimitDescriptor descriptor) {
        final Known known = domains.get(domain);
        if (known == null) {
            return refused(slots.get(0), new Refusal(Refusal.Kind.NO_RULE, "Nothing is known about this domain."));
        }
        if (descriptor.getEntriesCount() == 0) {
            return refused(known.unmatched(), new Refusal(Refusal.Kind.VALUE, "A descriptor has no entries."));
        }
        final List<LimitRule> rules = known.domain().rules();
        for (int i = 0; i < rules.size(); i++) {
            if (rules.get(i).matches(descriptor)) {
                return asked(known.slots().get(i), rules.get(i), hitsOfRequest, descriptor);
            }
        }
        return known.domain().letsUnmatchedPass()
                ? new LimitQuestion(known.unmatched(), Kind.PASSES, false, null, null)
                : refused(
                        known.unmatched(),
                        new Refusal(Refusal.Kind.NO_RULE, "Nothing is known about such a descriptor."));
    }

    private static LimitQuestion refused(final Slot slot, final Refusal refusal) {
        return new LimitQuestion(slot, Kind.REFUSED, false, null, refusal);
    }

    private static LimitQuestion asked(
            final Slot slot, final LimitRule rule, final int hitsOfRequest, final RateLimitDescriptor descriptor) {
        if (rule.unlimited()) {
            return new LimitQuestion(slot, Kind.UNLIMITED, false, null, null);
        }
        try {
            if (descriptor.hasLimit() && !rule.ignoresOverride()) {
                throw new Refusal(Refusal.Kind.VALUE, "A limit that comes with a descriptor is not taken here.");
            }
            final long hits = hits(hitsOfRequest, descriptor);
            final Kind kind = kind(rule, hits, descriptor.getIsNegativeHits());
            return new LimitQuestion(slot, kind, rule.shadow(), question(rule, hits, kind, descriptor), null);
        } catch (final Refusal refusal) {
            // what a shadow rule cannot read harms nobody either
            return new LimitQuestion(slot, Kind.REFUSED, rule.shadow(), null, refusal);
        }
    }

    private static long hits(final int ofRequest, final RateLimitDescriptor descriptor) throws Refusal {
        if (!descriptor.hasHitsAddend()) {
            return ofRequest == 0 ? 1 : Integer.toUnsignedLong(ofRequest);
        }
        final long hits = descriptor.getHitsAddend().getValue();
        if (hits < 0) {
            throw new Refusal(Refusal.Kind.VALUE, "There are too many hits.");
        }
        return hits;
    }

    private static Kind kind(final LimitRule rule, final long hits, final boolean negative) {
        if (hits == 0 || rule.shadow()) {
            return Kind.CHECK;
        }
        if (negative) {
            return Kind.REFUND;
        }
        return rule.hits() != null && rule.hits().partial() ? Kind.TAKE_REST : Kind.TAKE;
    }

    private static DecideRequest question(
            final LimitRule rule, final long hits, final Kind kind, final RateLimitDescriptor descriptor)
            throws Refusal {
        final Reader read = new Reader(rule, descriptor);
        final DecideRequest.Builder question = DecideRequest.newBuilder()
                .setMode(kind == Kind.CHECK ? DecideMode.DECIDE_MODE_CHECK : DecideMode.DECIDE_MODE_CONSUME)
                .setCorrelationId(read.orEmpty(Field.CORRELATION_ID))
                .putAllAttributes(read.attributes(rule.attributes()));
        question.getPlaceBuilder()
                .setOrganization(read.orEmpty(Field.ORGANIZATION))
                .setDepartment(read.orEmpty(Field.DEPARTMENT))
                .setProject(read.orEmpty(Field.PROJECT));
        question.getTargetBuilder()
                .setProduct(read.required(Field.PRODUCT))
                .setResourceType(read.required(Field.RESOURCE_TYPE))
                .setAction(read.required(Field.ACTION))
                .setResourceId(read.orEmpty(Field.RESOURCE_ID))
                .putAllResourceAttributes(read.attributes(rule.resource()));
        if (rule.fields().containsKey(Field.API_KEY)) {
            question.getActorBuilder().setApiKeySha256(Ask.sha256(read.required(Field.API_KEY)));
        } else {
            question.getActorBuilder().setType(read.required(Field.ACTOR_TYPE)).setId(read.required(Field.ACTOR_ID));
        }
        final LimitRule.Hits counted = rule.hits();
        if (counted == null) {
            if (hits > 1) {
                throw new Refusal(Refusal.Kind.VALUE, "More than one hit at once is not counted here.");
            }
        } else {
            question.addUsageBuilder().setUnit(counted.unit()).setAmount(amount(Math.max(1, hits), counted.multiply()));
        }
        if (kind == Kind.TAKE_REST) {
            question.getReservationBuilder().setAllowPartial(true);
        }
        return question.build();
    }

    private static long amount(final long hits, final long multiply) throws Refusal {
        try {
            return Math.multiplyExact(hits, multiply);
        } catch (final ArithmeticException e) {
            throw new Refusal(Refusal.Kind.VALUE, "There are too many hits.");
        }
    }

    private record Reader(LimitRule rule, RateLimitDescriptor descriptor) {
        String orEmpty(final Field field) {
            final EntrySource source = rule.fields().get(field);
            return source == null ? "" : source.read(descriptor);
        }

        String required(final Field field) throws Refusal {
            final String value = orEmpty(field);
            if (value.isEmpty()) {
                final @Nullable EntrySource source = rule.fields().get(field);
                throw new Refusal(
                        Refusal.Kind.VALUE,
                        "The request does not say its " + field.key().replace('_', ' ')
                                + (source == null ? "." : ": " + source.words() + "."));
            }
            return value;
        }

        Map<String, AttributeValue> attributes(final Map<String, EntrySource.Typed> sources) throws Refusal {
            if (sources.isEmpty()) {
                return Map.of();
            }
            final Map<String, AttributeValue> values = new LinkedHashMap<>();
            for (final Map.Entry<String, EntrySource.Typed> each : sources.entrySet()) {
                final EntrySource.Typed typed = each.getValue();
                values.put(
                        each.getKey(),
                        TypedSource.value(
                                typed.source().read(descriptor),
                                typed.type(),
                                typed.source().words()));
            }
            return values;
        }
    }
}
