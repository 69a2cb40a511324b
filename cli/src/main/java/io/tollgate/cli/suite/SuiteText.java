/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.suite;

import io.tollgate.cli.render.Human;
import io.tollgate.cli.render.Paint;
import io.tollgate.cli.render.Paint.Style;
import io.tollgate.cli.render.Table;
import io.tollgate.cli.render.VerdictText;
import io.tollgate.cli.render.Words;
import io.tollgate.v1.ExplainedScope;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The runs as people read them: a line per test under its file, what was different under those that failed, then the rules that no test
 * matched.
 */
public final class SuiteText {
    private static final String INDENT = "        ";

    private final StringBuilder text = new StringBuilder();
    private final Paint paint;

    private SuiteText(Paint paint) {
        this.paint = paint;
    }

    /** {@return all of it}; without coverage when some tests were left out. */
    public static String of(List<TestRun> runs, Coverage coverage, boolean complete, Paint paint) {
        final SuiteText made = new SuiteText(paint);
        String file = "";
        for (TestRun run : runs) {
            if (!run.test().at().file().equals(file)) {
                file = run.test().at().file();
                made.line(paint.in(Style.BOLD, file));
            }
            made.run(run);
        }
        made.summary(runs);
        if (complete) {
            made.coverage(coverage);
        }
        return made.text.toString();
    }

    private void run(TestRun run) {
        final String steps =
                run.test().steps().size() > 1 ? " (" + run.test().steps().size() + " steps)" : "";
        if (run.passed()) {
            line("  " + paint.in(Style.GOOD, "ok  ") + "  "
                    + paint.in(Style.NONE, run.test().name() + steps));
            return;
        }
        final TestRun.Failure failure = run.failure().get();
        line("  " + paint.in(Style.STRONG_BAD, "FAIL") + "  "
                + paint.in(Style.BOLD, run.test().name() + steps));
        line(INDENT + paint.in(Style.DIM, place(run, failure)));
        final Table table = new Table().text("").text("expected").text("actual");
        for (Difference each : failure.differences()) {
            table.row(false)
                    .cell(each.field())
                    .cell(Style.GOOD, each.expected())
                    .cell(Style.BAD, each.actual());
        }
        table.lines(paint).forEach(line -> line("      " + line));
        if (failure.question().isPresent() && failure.answer().isPresent()) {
            line("");
            VerdictText.verdictAndWhy(failure.question().get(), failure.answer().get(), paint)
                    .lines()
                    .forEach(line -> line(INDENT + line));
            final String chain = chain(failure);
            if (!chain.isEmpty()) {
                line(INDENT + "  " + paint.in(Style.DIM, "chain       ") + paint.in(Style.NONE, chain));
            }
        }
        line("");
    }

    private static String place(TestRun run, TestRun.Failure failure) {
        return run.test().steps().size() > 1
                ? "step " + failure.number() + ", " + failure.step().at()
                : run.test().at().toString();
    }

    /** "global > plan:pro > org:acme (no authority)" */
    private static String chain(TestRun.Failure failure) {
        return failure.answer().stream()
                .flatMap(answer -> answer.getExplanation().getChainList().stream())
                .map(SuiteText::scope)
                .collect(Collectors.joining(" > "));
    }

    private static String scope(ExplainedScope scope) {
        return Words.scope(scope.getScope()) + (scope.getAuthority() ? "" : " (may not say yes)");
    }

    private void summary(List<TestRun> runs) {
        final long failed = runs.stream().filter(run -> !run.passed()).count();
        line("");
        line(paint.in(
                failed == 0 ? Style.STRONG_GOOD : Style.STRONG_BAD,
                Human.count(runs.size() - failed, "test") + " passed, " + failed + " failed."));
    }

    private void coverage(Coverage coverage) {
        final List<Coverage.Rule> unmatched = coverage.unmatched();
        line(paint.in(
                Style.NONE,
                "Rules matched: " + (coverage.ruleCount() - unmatched.size()) + " of " + coverage.ruleCount()
                        + String.format(Locale.ROOT, " (%.1f %%).", coverage.percent())
                        + (unmatched.isEmpty() ? "" : " No test matches:")));
        final Table table = new Table().text("").text("").text("");
        for (Coverage.Rule rule : unmatched) {
            table.row(false).cell(rule.source()).cell(rule.id()).cell(Style.DIM, rule.scope());
        }
        if (!table.isEmpty()) {
            table.lines(paint).forEach(this::line);
        }
    }

    /** {@return one line: "outcome: expected deny, was allow"} */
    static String summary(TestRun.Failure failure) {
        return failure.differences().stream()
                .map(each -> each.field() + ": expected " + each.expected() + ", was " + each.actual())
                .collect(Collectors.joining("; "));
    }

    /** {@return everything about a failure, without colours} */
    static String differences(TestRun.Failure failure) {
        final StringBuilder lines = new StringBuilder(
                "\nstep " + failure.number() + ", " + failure.step().at() + "\n");
        for (Difference each : failure.differences()) {
            lines.append(each.field() + ": expected " + each.expected() + ", was " + each.actual() + "\n");
        }
        if (failure.question().isPresent() && failure.answer().isPresent()) {
            lines.append(VerdictText.verdictAndWhy(
                    failure.question().get(), failure.answer().get(), Paint.PLAIN));
            lines.append("  chain       " + chain(failure) + "\n");
        }
        return lines.toString();
    }

    private void line(String line) {
        text.append(line).append('\n');
    }
}
