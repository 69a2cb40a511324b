/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.ratelimit;

import java.util.ArrayList;
import java.util.List;

/**
 * Puts the tree of a domain into a list of which the first element that matches counts.
 *
 * <p>The reference server goes down the tree entry by entry: the exact value, else the first wildcard of the file, else the key alone, and
 * never back. So a value of its own also hides what stands below the key alone: {@code path=/a} without anything below it means that
 * ({@code path=/a}, {@code user=ana}) is not limited, though ({@code path}, {@code user}) is. Each limit is therefore preceded by
 * <em>stops</em>, which let such descriptors through.
 */
final class Order {
    /**
     * An element of the list.
     *
     * @param stop lets through what something more specific has taken away from the limit that follows
     */
    record Step(Leaf leaf, boolean stop) {}

    private record Level(Descriptor chosen, List<Descriptor> before) {}

    private final Domain domain;
    private final Findings findings;
    private final List<Step> steps = new ArrayList<>();

    private Order(final Domain domain, final Findings findings) {
        this.domain = domain;
        this.findings = findings;
    }

    static List<Step> of(final Domain domain, final Findings findings) {
        final Order order = new Order(domain, findings);
        order.walk(List.of(), domain.descriptors());
        return List.copyOf(order.steps);
    }

    private void walk(final List<Level> path, final List<Descriptor> siblings) {
        final List<Descriptor> sorted = new ArrayList<>();
        siblings.stream().filter(each -> !each.any() && !each.wildcard()).forEach(sorted::add);
        siblings.stream().filter(Descriptor::wildcard).forEach(sorted::add);
        siblings.stream().filter(Descriptor::any).forEach(sorted::add);
        tellJoined(sorted);
        for (int i = 0; i < sorted.size(); i++) {
            final Descriptor node = sorted.get(i);
            final List<Level> deeper = new ArrayList<>(path);
            deeper.add(new Level(
                    node, sorted.subList(0, i).stream().filter(node::overlaps).toList()));
            if (node.terms() != null || node.children().isEmpty()) {
                emit(deeper);
            }
            walk(deeper, node.children());
        }
    }

    /** The reference server takes the key foo_bar, without a value, for the entry foo with the value bar as well. */
    private void tellJoined(final List<Descriptor> siblings) {
        for (final Descriptor joined : siblings) {
            for (final Descriptor other : siblings) {
                if (joined.any() && joined != other && joined.key().startsWith(other.key() + "_")) {
                    findings.differs(
                            joined.at(),
                            "the reference server takes this key also for '" + other.key() + "' with the value '"
                                    + joined.key().substring(other.key().length() + 1) + "'; Tollgate does not",
                            "if Envoy sends that, write it as key and value");
                }
            }
        }
    }

    private void emit(final List<Level> levels) {
        final Leaf leaf = new Leaf(domain, levels.stream().map(Level::chosen).toList());
        if (isCovered(leaf)) {
            tellUnreached(leaf);
            return;
        }
        for (int i = 0; i < levels.size(); i++) {
            for (final Descriptor other : levels.get(i).before()) {
                final List<Descriptor> path = new ArrayList<>(leaf.path());
                path.set(i, other);
                final Leaf stop = new Leaf(domain, List.copyOf(path));
                if (!isCovered(stop)) {
                    steps.add(new Step(stop, true));
                }
            }
        }
        if (isCovered(leaf)) {
            tellUnreached(leaf);
            return;
        }
        steps.add(new Step(leaf, false));
    }

    private void tellUnreached(final Leaf leaf) {
        findings.note(
                leaf.last().at(),
                "'" + leaf + "' is never reached, there as here: what comes before it matches the same. Left out",
                "remove it, or put it before the wildcard that hides it");
    }

    private boolean isCovered(final Leaf leaf) {
        return steps.stream().anyMatch(each -> each.leaf().covers(leaf));
    }
}
