/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.load;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The runs of one case on both servers, and their medians side by side. */
final class FloorTable {
    private final List<Row> rows = new ArrayList<>();

    /** The runs of a case. */
    static final class Row {
        final FloorCase what;
        final List<LoadResult> empty = new ArrayList<>();
        final List<LoadResult> sidecar = new ArrayList<>();

        Row(final FloorCase what) {
            this.what = what;
        }

        double ratio(final ToDoubleFunction<LoadResult> figure) {
            return median(sidecar, figure) / median(empty, figure);
        }
    }

    void add(final Row row) {
        rows.add(row);
    }

    List<Row> rows() {
        return rows;
    }

    static double median(final List<LoadResult> runs, final ToDoubleFunction<LoadResult> figure) {
        final double[] sorted = runs.stream().mapToDouble(figure).sorted().toArray();
        final int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** {@return the medians as a Markdown table: empty / sidecar, and their ratio} */
    String markdown() {
        final StringBuilder out = new StringBuilder();
        out.append("| call | in flight | over | decisions/s | p50 us | p99 us | p99.9 us | server us per call"
                        + " | ratio of server us | ratio of p99 |\n")
                .append("|---|---|---|---|---|---|---|---|---|---|\n");
        for (final Row row : rows) {
            out.append(String.format(
                    Locale.ROOT,
                    "| %s | %d | %s | %s | %s | %s | %s | %s | %.2f | %.2f |%n",
                    row.what.title(),
                    row.what.inFlight(),
                    row.what.unix() ? "unix socket" : "tcp",
                    both(row, LoadResult::decisionsPerS, "%,.0f"),
                    both(row, result -> result.latencyUs(50), "%,.0f"),
                    both(row, result -> result.latencyUs(99), "%,.0f"),
                    both(row, result -> result.latencyUs(99.9), "%,.0f"),
                    both(row, LoadResult::serverUsPerCall, "%.1f"),
                    row.ratio(LoadResult::serverUsPerCall),
                    row.ratio(result -> result.latencyUs(99))));
        }
        return out.toString();
    }

    private static String both(final Row row, final ToDoubleFunction<LoadResult> figure, final String format) {
        return String.format(
                Locale.ROOT, format + " / " + format, median(row.empty, figure), median(row.sidecar, figure));
    }

    /** {@return every failure of every run, as "sidecar, unary: 3 UNAVAILABLE"} */
    List<String> failures() {
        final List<String> failures = new ArrayList<>();
        for (final Row row : rows) {
            collect(failures, "empty server, " + row.what.title(), row.empty);
            collect(failures, "sidecar, " + row.what.title(), row.sidecar);
        }
        return failures;
    }

    private static void collect(final List<String> failures, final String where, final List<LoadResult> runs) {
        for (final LoadResult run : runs) {
            run.tally().errors().forEach((what, count) -> failures.add(where + ": " + count + " " + what));
            run.tally().decisionsByReason().forEach((what, count) -> {
                if (!what.startsWith("ALLOW ")) {
                    failures.add(where + ": " + count + " answered " + what);
                }
            });
        }
    }

    /** {@return decisions per second of server processor time, median of the sidecar's runs; NaN when nothing matches} */
    double decisionsPerCpuSecond(final LoadPlan.Call call, final int inFlight) {
        final double[] figures = rows.stream()
                .filter(row -> row.what.call() == call && row.what.inFlight() == inFlight)
                .mapToDouble(row -> 1e6 / median(row.sidecar, LoadResult::serverUsPerDecision))
                .toArray();
        return Arrays.stream(figures).average().orElse(Double.NaN);
    }
}
