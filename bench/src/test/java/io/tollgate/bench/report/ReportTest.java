/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    private static final String RESULTS =
            """
            [
              {"benchmark": "io.tollgate.bench.jmh.DecisionBenchmark.consume", "mode": "avgt", "forks": 3,
               "params": {"draw": "zipf", "principals": "1000"},
               "primaryMetric": {"score": 800.4, "scoreError": 10, "scoreUnit": "ns/op", "scorePercentiles": {"50.0": 1}},
               "secondaryMetrics": {"gc.alloc.rate.norm": {"score": 0.012}}},
              {"benchmark": "io.tollgate.bench.jmh.DecisionBenchmark.consume", "mode": "avgt", "forks": 3,
               "params": {"draw": "zipf", "principals": "1000000"},
               "primaryMetric": {"score": 1200.6, "scoreError": 10, "scoreUnit": "ns/op", "scorePercentiles": {}},
               "secondaryMetrics": {"gc.alloc.rate.norm": {"score": 24.0}}},
              {"benchmark": "io.tollgate.bench.jmh.DecisionBenchmark.consume", "mode": "sample", "forks": 3,
               "params": {"draw": "zipf", "principals": "1000000"},
               "primaryMetric": {"score": 1250, "scoreError": "NaN", "scoreUnit": "ns/op",
                 "scorePercentiles": {"50.0": 1100, "99.0": 4000, "99.9": 9000}},
               "secondaryMetrics": {}},
              {"benchmark": "io.tollgate.bench.jmh.SharedCeilingBenchmark.consume", "mode": "thrpt", "forks": 3,
               "params": {"sharing": "ONE_CEILING"},
               "primaryMetric": {"score": 1234567.8, "scoreError": 1000, "scoreUnit": "ops/s", "scorePercentiles": {}},
               "secondaryMetrics": {}}
            ]
            """;

    @TempDir
    private Path folder;

    @Test
    void shouldPutEveryFigureWhereItBelongs() throws Exception {
        final String markdown = markdown(RESULTS);
        assertTrue(markdown.contains("| 1,000,000 | zipf | 1201 | 1100 | 4000 | 9000 | 24.0 | 3 |"), markdown);
        assertTrue(markdown.contains("| 1,000 | 800 | - |"), markdown);
        assertTrue(markdown.contains("Largest against smallest, zipf: 1.50x."), markdown);
        assertTrue(markdown.contains("| the one ceiling of both | 1,234,568 | 1,000 | 3 |"), markdown);
        assertTrue(markdown.contains(" cores, "), "the machine");
    }

    @Test
    void shouldNotInventWhatWasNotMeasured() throws Exception {
        final String markdown = markdown("[]");
        assertFalse(markdown.contains("NaN"), markdown);
        assertFalse(markdown.contains("against smallest"), markdown);
    }

    @Test
    void shouldTakeTheLastOfSeveralRuns() throws Exception {
        final Path first = Files.writeString(folder.resolve("a.json"), RESULTS);
        final Path second = Files.writeString(folder.resolve("b.json"), RESULTS.replace("800.4", "700.4"));
        final JmhResults results = new JmhResults();
        results.read(first);
        results.read(second);
        assertEquals(
                700.4,
                Objects.requireNonNull(results.find("DecisionBenchmark.consume", "avgt", Map.of("principals", "1000")))
                        .score());
    }

    private String markdown(final String json) throws Exception {
        final JmhResults results = new JmhResults();
        results.read(Files.writeString(folder.resolve("results.json"), json));
        return new Report().markdown(results);
    }
}
