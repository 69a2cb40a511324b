/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Results of JMH, read from its JSON files ({@code -rf json}). */
final class JmhResults {
    private static final String ALLOCATION = "gc.alloc.rate.norm";

    private final List<Result> results = new ArrayList<>();

    /**
     * One benchmark with one set of parameters in one mode.
     *
     * @param benchmark   class and method: "DecisionBenchmark.consume"
     * @param mode        "avgt", "sample", "thrpt"
     * @param parameters  by name
     * @param score       in unit
     * @param error       half of the 99.9 % confidence interval; NaN with too few measurements
     * @param percentiles by JMH's name, "50.0"; sample mode only
     * @param bytesPerOp  allocated; NaN when not measured
     * @param forks       processes
     * @param unit        "ns/op"
     */
    record Result(
            String benchmark,
            String mode,
            Map<String, String> parameters,
            double score,
            double error,
            Map<String, Double> percentiles,
            double bytesPerOp,
            int forks,
            String unit) {
        String parameter(final String name) {
            return parameters.getOrDefault(name, "");
        }

        double percentile(final String name) {
            return percentiles.getOrDefault(name, Double.NaN);
        }
    }

    /** Adds the results of a file. */
    void read(final Path file) throws IOException {
        for (final JsonNode node : new ObjectMapper().readTree(file.toFile())) {
            results.add(result(node));
        }
    }

    private static Result result(final JsonNode node) {
        final JsonNode primary = node.path("primaryMetric");
        final Map<String, String> parameters = new TreeMap<>();
        for (final Map.Entry<String, JsonNode> entry : node.path("params").properties()) {
            parameters.put(entry.getKey(), entry.getValue().asText());
        }
        final Map<String, Double> percentiles = new TreeMap<>();
        for (final Map.Entry<String, JsonNode> entry :
                primary.path("scorePercentiles").properties()) {
            percentiles.put(entry.getKey(), entry.getValue().asDouble());
        }
        double bytes = Double.NaN;
        for (final Map.Entry<String, JsonNode> metric :
                node.path("secondaryMetrics").properties()) {
            if (metric.getKey().endsWith(ALLOCATION)) {
                bytes = metric.getValue().path("score").asDouble(Double.NaN);
            }
        }
        final String[] name = node.path("benchmark").asText().split("\\.");
        return new Result(
                name[name.length - 2] + "." + name[name.length - 1],
                node.path("mode").asText(),
                parameters,
                primary.path("score").asDouble(Double.NaN),
                primary.path("scoreError").asDouble(Double.NaN),
                percentiles,
                bytes,
                node.path("forks").asInt(),
                primary.path("scoreUnit").asText());
    }

    /** {@return the results of a benchmark in a mode, in the order of the files} */
    List<Result> of(final String benchmark, final String mode) {
        return results.stream()
                .filter(result -> result.benchmark.equals(benchmark) && result.mode.equals(mode))
                .toList();
    }

    /** {@return the result with these parameters, the last read, or null} */
    @Nullable
    Result find(final String benchmark, final String mode, final Map<String, String> parameters) {
        Result found = null;
        for (final Result result : of(benchmark, mode)) {
            if (result.parameters.entrySet().containsAll(parameters.entrySet())) {
                found = result;
            }
        }
        return found;
    }
}
