/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.envoy;

import io.tollgate.bench.envoy.HttpLoad.Result;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The runs of one kind of load through every gate, and their medians side by side. */
final class EnvoyTable {
    private final String title;
    private final Map<Gate, List<Result>> runs = new EnumMap<>(Gate.class);

    EnvoyTable(final String title) {
        this.title = title;
    }

    void add(final Gate gate, final Result result) {
        runs.computeIfAbsent(gate, any -> new ArrayList<>()).add(result);
    }

    private List<Result> all(final Gate gate) {
        return runs.getOrDefault(gate, List.of());
    }

    private double median(final Gate gate, final ToDoubleFunction<Result> figure) {
        final double[] sorted = all(gate).stream().mapToDouble(figure).sorted().toArray();
        if (sorted.length == 0) {
            return Double.NaN;
        }
        final int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private double most(final Gate gate, final ToDoubleFunction<Result> figure) {
        return all(gate).stream().mapToDouble(figure).max().orElse(Double.NaN);
    }

    private double added(final Gate gate, final double percentile) {
        return median(gate, run -> run.latencyUs(percentile)) - median(Gate.NONE, run -> run.latencyUs(percentile));
    }

    /** {@return the medians of the rounds; of the longest times the longest} */
    String markdown() {
        final StringBuilder out = new StringBuilder("### " + title + "\n\n");
        out.append(
                        "| gate | requests/s | p50 us | p99 us | p99.9 us | max us | added p50 / p99 / p99.9 us | Envoy us per request")
                .append(" | gate's server us per request | client late p99 us | errors |\n")
                .append("|---|---|---|---|---|---|---|---|---|---|---|\n");
        for (final Gate gate : runs.keySet()) {
            out.append(String.format(
                    Locale.ROOT,
                    "| %s | %,.0f | %,.0f | %,.0f | %,.0f | %,.0f | %s | %.1f | %s | %s | %d |%n",
                    gate.title,
                    median(gate, Result::perS),
                    median(gate, run -> run.latencyUs(50)),
                    median(gate, run -> run.latencyUs(99)),
                    median(gate, run -> run.latencyUs(99.9)),
                    most(gate, run -> run.latencyUs(100)),
                    gate == Gate.NONE
                            ? ""
                            : String.format(
                                    Locale.ROOT,
                                    "%,.0f / %,.0f / %,.0f",
                                    added(gate, 50),
                                    added(gate, 99),
                                    added(gate, 99.9)),
                    median(gate, run -> run.cpuUsPerRequest(0)),
                    gate.asks() ? String.format(Locale.ROOT, "%.1f", median(gate, run -> run.cpuUsPerRequest(1))) : "",
                    lateUs(gate),
                    errors(gate)));
        }
        return out.toString();
    }

    private String lateUs(final Gate gate) {
        final boolean isOpen =
                all(gate).stream().anyMatch(run -> run.tally().lateness.getTotalCount() > 0);
        return isOpen
                ? String.format(
                        Locale.ROOT,
                        "%,.0f",
                        median(gate, run -> run.tally().lateness.getValueAtPercentile(99) / 1e3))
                : "";
    }

    private long errors(final Gate gate) {
        return all(gate).stream()
                .flatMap(run -> run.tally().errors.values().stream())
                .mapToLong(Long::longValue)
                .sum();
    }

    /** {@return every failure, as "4,000/s, no filter: 3 HTTP 503"; a run that answered nothing is one} */
    List<String> failures() {
        final List<String> failures = new ArrayList<>();
        runs.forEach((gate, all) -> {
            for (final Result run : all) {
                run.tally()
                        .errors
                        .forEach((what, count) -> failures.add(title + ", " + gate.title + ": " + count + " " + what));
                if (run.tally().answeredInAll == 0) {
                    failures.add(title + ", " + gate.title + ": nothing was answered");
                }
            }
        });
        return failures;
    }
}
