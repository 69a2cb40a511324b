/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.ratelimit;

import io.tollgate.cli.ratelimit.Choices.Role;
import io.tollgate.core.quota.RateSpec;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Finds for every limit of the reference server the dimension, action, limit and rule that do the same. Used once. */
final class Converter {
    /** Keys that clients choose the values of. */
    private static final Set<String> UNBOUNDED = Set.of(
            "remote_address", "masked_remote_address", "client_ip", "x-forwarded-for", "user-agent", "user_agent");

    private final Choices choices;
    private final KnownValues values;
    private final Findings findings;
    private final Names ruleNames = new Names();
    private final Names limitIds = new Names();
    private final Names products = new Names();
    private final Places places;
    private final Map<String, Names> actions = new TreeMap<>();
    private final List<Draft> drafts = new ArrayList<>();

    /** A rule, and what its limit is to be; no limit where it lets through. */
    private record Draft(Domain domain, String name, Leaf leaf, @Nullable Limit limit, String why) {}

    Converter(final Choices choices, final KnownValues values, final Findings findings) {
        this.choices = choices;
        this.values = values;
        this.findings = findings;
        this.places = new Places(choices, values);
    }

    Conversion convert(final List<Domain> domains) {
        if (choices.sidecars() == 1 && !domains.isEmpty()) {
            findings.differs(
                    domains.get(0).at(),
                    "every sidecar counts for itself; the reference server counts in one Redis for all Envoys",
                    "with one Envoy nothing changes. With several, --sidecars N divides the limits among them");
        }
        for (final Domain domain : domains) {
            if (domain.descriptors().isEmpty()) {
                findings.differs(
                        domain.at(),
                        "domain '" + domain.name()
                                + "' has no descriptors: left out, and everything in it is over the limit",
                        "let Envoy not ask about it");
            }
            final String product = products.of(domain.name());
            for (final Order.Step step : Order.of(domain, findings)) {
                draft(domain, product, step);
            }
        }
        final List<Limit> limits = new ArrayList<>();
        final Map<Domain, List<Rule>> rules = new LinkedHashMap<>();
        domains.forEach(each -> rules.put(each, new ArrayList<>()));
        final Map<Draft, Rule> placed = new IdentityHashMap<>();
        drafts.stream().filter(Converter::namesTenants).forEach(each -> placed.put(each, place(each)));
        drafts.stream().filter(each -> !namesTenants(each)).forEach(each -> placed.put(each, place(each)));
        for (final Draft draft : drafts) {
            final Rule rule = placed.get(draft);
            if (rule != null) {
                rules.computeIfAbsent(draft.domain(), any -> new ArrayList<>()).add(rule);
                if (rule.limit() != null) {
                    limits.add(rule.limit());
                }
            }
        }
        tellMissing(limits);
        return new Conversion(choices, values, limits, rules, new Directory(choices, values).of(limits));
    }

    private static boolean namesTenants(final Draft draft) {
        return draft.limit() != null && draft.limit().holders().containsKey(Role.TENANT);
    }

    private void draft(final Domain domain, final String product, final Order.Step step) {
        final Leaf leaf = step.leaf();
        final String name = ruleNames.of(step.stop() ? pathName(leaf) + "-stop" : ruleName(leaf));
        if (step.stop() || leaf.unlimited()) {
            drafts.add(new Draft(domain, name, leaf, null, step.stop() ? Rule.STOP : ""));
            return;
        }
        final Map<Role, String> holders = holders(leaf);
        if (holders == null || !countable(leaf)) {
            drafts.add(new Draft(domain, name, leaf, null, Rule.LEFT_OUT));
            return;
        }
        tellDifferences(leaf);
        final String action =
                actions.computeIfAbsent(product, any -> new Names()).of(pathName(leaf));
        drafts.add(new Draft(
                domain,
                name,
                leaf,
                new Limit(
                        leaf,
                        choices.share(leaf.terms().requests()),
                        limitIds.of(ruleName(leaf)),
                        product,
                        action,
                        product + "." + action,
                        holders,
                        "",
                        "",
                        ""),
                ""));
    }

    private Rule place(final Draft draft) {
        final Limit limit = draft.limit();
        if (limit == null) {
            return new Rule(draft.name(), draft.leaf(), null, draft.why());
        }
        final Limit placed = places.place(limit);
        if (placed == null) {
            findings.lost(
                    draft.leaf().last().at(),
                    "'" + draft.leaf() + "': there is no room for more than " + Places.MAX_LIMITS
                            + " such limits in one bundle (at global, and at the organization)",
                    "convert some of the domains to a bundle of their own, served by a sidecar of its own");
            return new Rule(draft.name(), draft.leaf(), null, Rule.LEFT_OUT);
        }
        return new Rule(draft.name(), draft.leaf(), placed, "");
    }

    private static String ruleName(final Leaf leaf) {
        final Terms terms = leaf.last().terms();
        return terms == null || terms.name().isEmpty() ? pathName(leaf) : Names.plain(terms.name());
    }

    private static String pathName(final Leaf leaf) {
        final List<String> parts = new ArrayList<>();
        for (final Descriptor each : leaf.path()) {
            final String key = Names.plain(each.key());
            parts.add(each.any() ? key : key + "_" + Names.plain(each.value()));
        }
        return Names.plain(String.join(".", parts));
    }

    /** {@return the keys whose values have counters of their own, by role; null when Tollgate cannot count like this} */
    private @Nullable Map<Role, String> holders(final Leaf leaf) {
        final Map<Role, String> holders = new EnumMap<>(Role.class);
        for (final Descriptor each : leaf.perValue()) {
            final Role role = choices.role(each.key()).orElse(null);
            if (role == null) {
                unassigned(each);
                return null;
            }
            if (holders.put(role, each.key()) != null) {
                findings.lost(
                        each.at(),
                        "'" + leaf + "' counts for each combination of two keys that both name " + word(role),
                        "let Envoy send the combination as one entry, and register the combinations as values of its key");
                return null;
            }
        }
        if (holders.containsKey(Role.PROJECT) && holders.containsKey(Role.ACTOR)) {
            findings.lost(
                    leaf.last().at(),
                    "'" + leaf
                            + "' counts for each actor in each project; an actor of Tollgate has one counter in all projects",
                    "let Envoy send project and actor as one entry, and register the combinations as actors");
            return null;
        }
        return holders;
    }

    private static String word(final Role role) {
        return role == Role.TENANT ? "organizations" : role == Role.PROJECT ? "projects" : "actors";
    }

    private void unassigned(final Descriptor descriptor) {
        final String what = "a counter for each value of '" + descriptor + "', and ";
        if (UNBOUNDED.contains(descriptor.key())) {
            findings.lost(
                    descriptor.at(),
                    what
                            + "clients choose its values: Tollgate counts only for who is registered, so that nobody can fill its memory",
                    "keep it in Envoy: the local rate limit filter (envoy.filters.http.local_ratelimit), with per-connection"
                            + " or dynamic descriptors; values that are few and known can be moved with --actor "
                            + descriptor.key() + " --values FILE");
            return;
        }
        findings.lost(
                descriptor.at(),
                what + "nothing says what they are",
                "say it: --actor " + descriptor.key() + " (users, services, keys of clients), --project "
                        + descriptor.key()
                        + " or --tenant " + descriptor.key() + ", and list the values with --values FILE"
                        + (descriptor.wildcard() ? "; or share_threshold: true for one counter" : ""));
    }

    private boolean countable(final Leaf leaf) {
        final Terms terms = leaf.terms();
        final Unit unit = terms.unit();
        if (unit == null || !unit.rate() || terms.requests() == 0) {
            return true;
        }
        final long windowNs = unit == Unit.SECOND ? TimeUnit.SECONDS.toNanos(1) : TimeUnit.MINUTES.toNanos(1);
        try {
            final long share = choices.share(terms.requests());
            RateSpec.of(share, share, windowNs);
            return true;
        } catch (final IllegalArgumentException e) {
            findings.lost(
                    terms.at(),
                    "Tollgate cannot count " + terms.requests() + " per " + unit.word() + ": " + e.getMessage(),
                    "write unlimited: true, or a rate that means something");
            return false;
        }
    }

    private void tellDifferences(final Leaf leaf) {
        final Terms terms = leaf.terms();
        final Unit unit = terms.unit();
        for (final String replaced : terms.replaces()) {
            findings.differs(
                    terms.at(),
                    "replaces '" + replaced + "': Tollgate asks all limits of a request, so that both hold",
                    "where Envoy sends this descriptor, let it not send the one of '" + replaced + "'");
        }
        if (unit == null || terms.requests() == 0) {
            return;
        }
        if (terms.requests() < choices.sidecars()) {
            findings.differs(
                    terms.at(),
                    terms.requests() + " among " + choices.sidecars()
                            + " sidecars: each lets 1 through, which is more than its share",
                    "raise the limit, or send what it is about through one Envoy");
        }
        if (unit.rate()) {
            findings.differs(
                    terms.at(),
                    "per " + unit.word()
                            + ": a rate. So many at once, and what was used comes back evenly, not all at the full "
                            + unit.word() + "; no more than twice the limit in any " + unit.word() + ", there as here",
                    "write burst: into limits/ where so many at once are too many");
        } else if (unit == Unit.MONTH || unit == Unit.YEAR) {
            findings.differs(
                    terms.at(),
                    "per " + unit.word() + ": of the calendar, in UTC. The reference server counts "
                            + (unit == Unit.MONTH
                                    ? "30 days from 1970 on, unless it is set to calendar months"
                                    : "365 days from 1970 on"),
                    "write time_zone: into limits/ if another one is meant");
        }
    }

    private void tellMissing(final List<Limit> limits) {
        final Map<String, Limit> first = new TreeMap<>();
        for (final Limit limit : limits) {
            limit.holders().values().forEach(key -> first.putIfAbsent(key, limit));
        }
        first.forEach((key, limit) -> {
            final int known = values.in("", key).size();
            findings.differs(
                    limit.leaf().last().at(),
                    "a counter for each value of '" + key + "' that is registered (" + known
                            + " known), and every other value is over the limit; there, each new value gets a counter",
                    known == 0
                            ? "list the values with --values FILE, or later in the bundle's directory/"
                            : "keep directory/ in step with who there is");
        });
    }
}
