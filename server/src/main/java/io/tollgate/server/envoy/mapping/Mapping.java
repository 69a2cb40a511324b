/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.mapping;

import io.tollgate.server.envoy.mapping.Refusal.Kind;
import io.tollgate.v1.DecideRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rules in order; the first that matches makes the question. Immutable. */
public final class Mapping {
    private final List<Rule> rules;
    private final Map<String, Settlement> settlements = new HashMap<>();
    private final Upstream upstream;
    private final RateLimits rateLimits;
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

    Mapping(final List<Rule> rules, final Upstream upstream, final RateLimits rateLimits, final String text) {
        this.rateLimits = rateLimits;
        this.text = text;
        this.rules = List.copyOf(rules);
        this.upstream = upstream;
        for (final Rule rule : rules) {
            if (rule.settlement() != null) {
                settlements.put(rule.name(), rule.settlement());
            }
        }
    }

    /** {@return what the service behind Envoy learns} */
    public Upstream upstream() {
        return upstream;
    }

    /** {@return what descriptors of the rate limit service ask} */
    public RateLimits rateLimits() {
        return rateLimits;
    }

    /** {@return how the rule's reservations end by the access log; null = they do not, or there is no such rule} */
    public @Nullable Settlement settlement(final String rule) {
        return settlements.get(rule);
    }

    /** {@return the YAML that it was read from} */
    public String text() {
        return text;
    }

    /** {@return what each rule that asks names, in order} */
    public List<Names> names() {
        final List<Names> names = new ArrayList<>();
        for (final Rule rule : rules) {
            if (rule.ask() != null) {
                names.add(Names.of(rule.name(), rule.ask()));
            }
        }
        return names;
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
                final Ask ask = rule.ask();
                return new Question(rule.name(), ask == null ? null : ask.question(facts, path));
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
}
