/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.load;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Map;

/** Shows a result to people and to programs. */
final class LoadReport {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final double[] PERCENTILES = {50, 90, 99, 99.9, 99.99, 100};
    private static final String[] PERCENTILE_NAMES = {"p50", "p90", "p99", "p99.9", "p99.99", "max"};

    private LoadReport() {}

    /** {@return a few lines for a terminal} */
    static String text(final LoadResult result) {
        final StringBuilder out = new StringBuilder();
        line(out, "%s to %s", result.plan().title(), result.plan().target().display());
        line(
                out,
                "  measured %.1f s after %.1f s of warm-up: %,d calls, %,.0f calls/s, %,.0f decisions/s",
                result.measuredNs() / 1e9,
                result.plan().span().warmUpNs() / 1e9,
                result.tally().completedCalls(),
                result.callsPerS(),
                result.decisionsPerS());
        line(out, "  latency us  %s", percentiles(result));
        if (result.server() != null) {
            line(
                    out,
                    "  server cpu  %.2f us per call, %.2f us per decision; %d MiB resident without files",
                    result.serverUsPerCall(),
                    result.serverUsPerDecision(),
                    result.server().residentAnonymousKib() >> 10);
        }
        line(out, "  client cpu  %.2f us per call", result.clientUsPerCall());
        final LoadResult.Pacing pacing = result.pacing();
        if (pacing != null) {
            line(
                    out,
                    "  pace        calls started late by p50 %.0f us, p99 %.0f us, max %.0f us; %,d waited for a free place",
                    pacing.lateness().getValueAtPercentile(50) / 1e3,
                    pacing.lateness().getValueAtPercentile(99) / 1e3,
                    pacing.lateness().getMaxValue() / 1e3,
                    pacing.delayedByLimit());
        }
        counts(out, "  answers     ", result.tally().decisionsByReason());
        counts(out, "  ERRORS      ", result.tally().errors());
        return out.toString();
    }

    /** {@return everything as JSON} */
    static String json(final LoadResult result) {
        final ObjectNode root = JSON.createObjectNode();
        plan(root.putObject("plan"), result.plan());
        root.put("measured_s", result.measuredNs() / 1e9);
        root.put("calls", result.tally().completedCalls());
        root.put("decisions", result.tally().decisionCount());
        root.put("calls_per_s", result.callsPerS());
        root.put("decisions_per_s", result.decisionsPerS());
        final ObjectNode latency = root.putObject("latency_us");
        for (int i = 0; i < PERCENTILES.length; i++) {
            latency.put(PERCENTILE_NAMES[i], result.latencyUs(PERCENTILES[i]));
        }
        latency.put("mean", result.tally().latency().getMean() / 1e3);
        if (result.server() != null) {
            root.put("server_cpu_us_per_call", result.serverUsPerCall());
            root.put("server_cpu_us_per_decision", result.serverUsPerDecision());
            root.put("server_resident_anonymous_kib", result.server().residentAnonymousKib());
        }
        root.put("client_cpu_us_per_call", result.clientUsPerCall());
        final LoadResult.Pacing pacing = result.pacing();
        if (pacing != null) {
            root.put("start_lateness_us_p99", pacing.lateness().getValueAtPercentile(99) / 1e3);
            root.put("calls_delayed_by_limit", pacing.delayedByLimit());
        }
        result.tally().decisionsByReason().forEach(root.putObject("answers")::put);
        result.tally().errors().forEach(root.putObject("errors")::put);
        try {
            return JSON.writeValueAsString(root);
        } catch (final JsonProcessingException e) {
            throw new IllegalStateException("numbers and texts always become JSON", e);
        }
    }

    private static void plan(final ObjectNode node, final LoadPlan plan) {
        node.put("target", plan.target().display());
        node.put("call", plan.call().name());
        node.put("batch", plan.batchSize());
        node.put("connections", plan.connections());
        node.put("in_flight", plan.loop().inFlight());
        node.put("rate_per_s", plan.loop().ratePerS());
        node.put("warm_up_s", plan.span().warmUpNs() / 1e9);
    }

    private static String percentiles(final LoadResult result) {
        final StringBuilder out = new StringBuilder();
        for (int i = 0; i < PERCENTILES.length; i++) {
            out.append(String.format(
                    Locale.ROOT,
                    "%s%s %,.0f",
                    i == 0 ? "" : ", ",
                    PERCENTILE_NAMES[i],
                    result.latencyUs(PERCENTILES[i])));
        }
        return out.toString();
    }

    private static void counts(final StringBuilder out, final String label, final Map<String, Long> counts) {
        counts.forEach((name, count) -> line(out, "%s%,d %s", label, count, name));
    }

    private static void line(final StringBuilder out, final String format, final Object... values) {
        out.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
