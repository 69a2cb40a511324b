/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.ratelimit;

import io.tollgate.cli.ratelimit.ReferenceServer.Entry;
import io.tollgate.cli.ratelimit.ReferenceServer.Line;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Configurations with everything that can be moved, and descriptors that nearly fit them. The key c never counts per value. */
public final class RandomConfig {
    /** Values of the keys a and b, all of them registered. */
    static final List<String> VALUES = List.of("x", "xy", "xyz", "y", "z");

    private static final List<String> KEYS = List.of("a", "b", "c");
    private static final List<String> WRITTEN = List.of("", "", "x", "xy", "y", "x*", "xy*", "*");
    private static final List<String> UNITS = List.of("second", "minute", "hour", "day", "week", "month", "year");
    private final Random random;
    private final boolean periods;

    /** @param periods only units that are counted by periods: what is used comes back at no time in between */
    public RandomConfig(final Random random, final boolean periods) {
        this.random = random;
        this.periods = periods;
    }

    public List<Line> lines() {
        return lines(3, Set.of());
    }

    private List<Line> lines(final int depth, final Set<String> counted) {
        final List<Line> lines = new ArrayList<>();
        final Set<String> taken = new HashSet<>();
        final int count = 1 + random.nextInt(5);
        for (int i = 0; i < count; i++) {
            final String key = KEYS.get(random.nextInt(KEYS.size()));
            final String value = WRITTEN.get(random.nextInt(WRITTEN.size()));
            if (key.equals("c") && value.isEmpty() || !taken.add(key + "_" + value)) {
                continue;
            }
            final boolean wildcard = value.endsWith("*");
            final boolean shared = wildcard && (key.equals("c") || random.nextBoolean());
            final Set<String> deeper = new HashSet<>(counted);
            if ((value.isEmpty() || wildcard && !shared) && !deeper.add(key)) {
                continue; // twice per value of the same key: cannot be moved
            }
            final List<Line> below = depth > 1 && random.nextInt(3) > 0 ? lines(depth - 1, deeper) : List.of();
            final int kind = random.nextInt(6);
            final String unit =
                    UNITS.get(periods ? 2 + random.nextInt(UNITS.size() - 2) : random.nextInt(UNITS.size()));
            lines.add(new Line(
                    key,
                    value,
                    kind == 0 ? null : kind == 1 ? Integer.valueOf(-1) : Integer.valueOf(random.nextInt(4)),
                    unit,
                    random.nextInt(8) == 0,
                    shared,
                    below));
        }
        return lines;
    }

    /** {@return a descriptor, rather one of those that the lines name} */
    public List<Entry> descriptor() {
        final List<Entry> entries = new ArrayList<>();
        final int length = 1 + random.nextInt(3);
        for (int i = 0; i < length; i++) {
            final String key = random.nextInt(20) == 0 ? "d" : KEYS.get(random.nextInt(KEYS.size()));
            entries.add(new Entry(key, VALUES.get(random.nextInt(VALUES.size()))));
        }
        return entries;
    }

    public static String yaml(final List<Line> lines) {
        final StringBuilder text = new StringBuilder("domain: d\ndescriptors:\n");
        lines.forEach(each -> yaml(each, 2, text));
        return text.toString();
    }

    private static void yaml(final Line line, final int indent, final StringBuilder text) {
        final String margin = " ".repeat(indent);
        text.append(margin).append("- key: ").append(line.key()).append('\n');
        if (!line.value().isEmpty()) {
            text.append(margin).append("  value: '").append(line.value()).append("'\n");
        }
        final Integer limit = line.limit();
        if (limit != null) {
            text.append(margin)
                    .append(
                            limit < 0
                                    ? "  rate_limit: { unlimited: true }\n"
                                    : "  rate_limit: { unit: " + line.unit() + ", requests_per_unit: " + limit
                                            + " }\n");
        }
        if (line.shadow()) {
            text.append(margin).append("  shadow_mode: true\n");
        }
        if (line.share()) {
            text.append(margin).append("  share_threshold: true\n");
        }
        if (!line.below().isEmpty()) {
            text.append(margin).append("  descriptors:\n");
            line.below().forEach(each -> yaml(each, indent + 4, text));
        }
    }
}
