/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.ratelimit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A plain model of how the reference server finds the limit of a descriptor and counts it within one window. Written from what that server
 * does, and knows nothing of the converter.
 */
public final class ReferenceServer {
    /**
     * A line of the configuration.
     *
     * @param limit null = none; negative = unlimited
     */
    public record Line(
            String key,
            String value,
            @Nullable Integer limit,
            String unit,
            boolean shadow,
            boolean share,
            List<Line> below) {}

    /** An entry of a descriptor. */
    public record Entry(String key, String value) {}

    private static final class Node {
        private final Map<String, Node> children = new LinkedHashMap<>();
        private final List<String> wildcards = new ArrayList<>();
        private @Nullable Line line;
    }

    private final Node root;
    private final Map<String, Integer> counters = new HashMap<>();

    public ReferenceServer(final List<Line> lines) {
        root = node(null, lines);
    }

    private static Node node(final @Nullable Line line, final List<Line> below) {
        final Node node = new Node();
        node.line = line;
        for (final Line each : below) {
            final String key = each.value().isEmpty() ? each.key() : each.key() + "_" + each.value();
            node.children.put(key, node(each, each.below()));
            if (key.endsWith("*")) {
                node.wildcards.add(key);
            }
        }
        return node;
    }

    /** {@return whether one hit on a descriptor is within its limit, or has none} */
    public boolean ok(final List<Entry> descriptor) {
        final StringBuilder counter = new StringBuilder();
        final Line found = find(descriptor, counter);
        if (found == null || found.limit() == null || found.limit() < 0) {
            return true;
        }
        final int after = counters.merge(counter.toString(), 1, Integer::sum);
        return after <= found.limit() || found.shadow();
    }

    private @Nullable Line find(final List<Entry> descriptor, final StringBuilder counter) {
        Node at = root;
        for (int i = 0; i < descriptor.size(); i++) {
            final Entry entry = descriptor.get(i);
            final String whole = entry.key() + "_" + entry.value();
            String counted = entry.value();
            Node next = at.children.get(whole);
            if (next == null) {
                for (final String wildcard : at.wildcards) {
                    if (whole.startsWith(wildcard.substring(0, wildcard.length() - 1))) {
                        next = at.children.get(wildcard);
                        if (next != null && next.line != null && next.line.share()) {
                            counted = next.line.value();
                        }
                        break;
                    }
                }
            }
            if (next == null) {
                next = at.children.get(entry.key());
            }
            counter.append(entry.key()).append('_').append(counted).append('_');
            if (next == null) {
                return null;
            }
            if (i == descriptor.size() - 1) {
                return next.line;
            }
            if (next.children.isEmpty()) {
                return null;
            }
            at = next;
        }
        return null;
    }
}
