/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.report;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes the tables of docs/performance.md from JMH's result files. */
@Command(name = "report", mixinStandardHelpOptions = true, description = "Makes Markdown out of JMH's JSON results.")
public final class Report implements Callable<Integer> {
    private static final String CONSUME = "DecisionBenchmark.consume";
    private static final String SHARED = "SharedCeilingBenchmark.consume";
    private static final List<String> DRAWS = List.of("zipf", "uniform");
    private static final List<String> PARTS = List.of(
            "DecisionBenchmark.fillOnly",
            "DecisionBenchmark.consumeByName",
            "DecisionBenchmark.check",
            "PieceBenchmark.lookUp",
            "PieceBenchmark.policy",
            "PieceBenchmark.take",
            "PieceBenchmark.checkCells",
            "HardCodedBenchmark.consume",
            "EdgeBenchmark.all",
            "EdgeBenchmark.parse",
            "EdgeBenchmark.read",
            "EdgeBenchmark.decideAndAnswer",
            "EdgeBenchmark.serialize");

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Results of JMH (-rf json).")
    private List<Path> files = List.of();

    @Option(names = "--output", description = "Write to this file as well.")
    private @Nullable Path output;

    private final StringBuilder text = new StringBuilder();

    /** Runs the command. */
    public static void main(final String[] args) {
        System.exit(new CommandLine(new Report()).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        final JmhResults results = new JmhResults();
        for (final Path file : files) {
            results.read(file);
        }
        final String markdown = markdown(results);
        new PrintWriter(System.out, true, StandardCharsets.UTF_8).println(markdown);
        if (output != null) {
            Files.writeString(output, markdown);
        }
        return 0;
    }

    String markdown(final JmhResults results) {
        line("%s", Machine.describe());
        wholeDecision(results);
        growth(results);
        shared(results);
        parts(results);
        return text.toString();
    }

    private void wholeDecision(final JmhResults results) {
        line("");
        line("**P1: one decision in process** (CONSUME, 7 scopes, 21 ceilings, 200 candidate rules; ns)");
        line("");
        line("| principals | draw | mean | p50 | p99 | p99.9 | B/op | forks |");
        line("|---|---|---|---|---|---|---|---|");
        for (final JmhResults.Result sample : results.of(CONSUME, "sample")) {
            final JmhResults.Result mean = results.find(CONSUME, "avgt", sample.parameters());
            line(
                    "| %s | %s | %s | %.0f | %.0f | %.0f | %s | %d |",
                    thousands(sample.parameter("principals")),
                    sample.parameter("draw"),
                    mean == null ? "-" : String.format(Locale.ROOT, "%.0f", mean.score()),
                    sample.percentile("50.0"),
                    sample.percentile("99.0"),
                    sample.percentile("99.9"),
                    bytes(mean == null ? sample.bytesPerOp() : mean.bytesPerOp()),
                    sample.forks());
        }
    }

    private void growth(final JmhResults results) {
        line("");
        line("**P2: growth with the data set** (mean of the same decision; ns)");
        line("");
        line("| principals | zipf | uniform |");
        line("|---|---|---|");
        for (final String principals : sizes(results)) {
            final List<String> cells = new ArrayList<>();
            for (final String draw : DRAWS) {
                final JmhResults.Result result =
                        results.find(CONSUME, "avgt", Map.of("principals", principals, "draw", draw));
                cells.add(result == null ? "-" : String.format(Locale.ROOT, "%.0f", result.score()));
            }
            line("| %s | %s |", thousands(principals), String.join(" | ", cells));
        }
        for (final String draw : DRAWS) {
            final double growth = growth(results, draw);
            if (!Double.isNaN(growth)) {
                line("");
                line("Largest against smallest, %s: %.2fx.", draw, growth);
            }
        }
    }

    private static double growth(final JmhResults results, final String draw) {
        final List<String> sizes = sizes(results);
        if (sizes.size() < 2) {
            return Double.NaN;
        }
        final JmhResults.Result small = results.find(CONSUME, "avgt", Map.of("principals", sizes.get(0), "draw", draw));
        final JmhResults.Result large =
                results.find(CONSUME, "avgt", Map.of("principals", sizes.get(sizes.size() - 1), "draw", draw));
        return small == null || large == null ? Double.NaN : large.score() / small.score();
    }

    private static List<String> sizes(final JmhResults results) {
        return results.of(CONSUME, "avgt").stream()
                .map(result -> result.parameter("principals"))
                .distinct()
                .sorted((a, b) -> Long.compare(Long.parseLong(a), Long.parseLong(b)))
                .toList();
    }

    private void shared(final JmhResults results) {
        line("");
        line("**P3: two threads** (decisions per second together; nothing denied, counted to the token)");
        line("");
        line("| what they share | decisions/s | +- | forks |");
        line("|---|---|---|---|");
        for (final JmhResults.Result result : results.of(SHARED, "thrpt")) {
            final String sharing =
                    switch (result.parameter("sharing")) {
                        case "ONE_CEILING" -> "the one ceiling of both";
                        case "CEILING_EACH" -> "nothing: a ceiling each";
                        default -> "the upper 12 of 21 ceilings each";
                    };
            line("| %s | %,.0f | %,.0f | %d |", sharing, result.score(), result.error(), result.forks());
        }
    }

    private void parts(final JmhResults results) {
        line("");
        line("**Parts** (mean; ns)");
        line("");
        line("| part | principals | draw | ns | B/op |");
        line("|---|---|---|---|---|");
        for (final String part : PARTS) {
            for (final JmhResults.Result result : results.of(part, "avgt")) {
                line(
                        "| %s | %s | %s | %.0f | %s |",
                        part,
                        thousands(result.parameter("principals")),
                        result.parameter("draw"),
                        result.score(),
                        bytes(result.bytesPerOp()));
            }
        }
    }

    /** JMH's own threads allocate a little, which shows as a fraction of a byte. */
    private static String bytes(final double value) {
        return Double.isNaN(value) ? "-" : value < 0.5 ? "0" : String.format(Locale.ROOT, "%.1f", value);
    }

    private static String thousands(final String digits) {
        return digits.isEmpty() ? "" : String.format(Locale.ROOT, "%,d", Long.parseLong(digits));
    }

    private void line(final String format, final Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
