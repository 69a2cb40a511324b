/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.render;

import io.tollgate.cli.render.Paint.Style;
import io.tollgate.control.source.Diagnostic;
import io.tollgate.control.source.Diagnostic.Severity;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * Findings in a bundle, each with the line it is about:
 *
 * <pre>
 * limits/acme.yaml:4:7: error: unknown key 'limt' [unknown-key]
 *     4 |       limt: 100
 *       |       ^
 *       = did you mean 'limit'?
 * </pre>
 */
public final class DiagnosticsText {
    private static final int MAX_EXCERPT = 160;

    private final StringBuilder text = new StringBuilder();
    private final Paint paint;
    private final Function<String, List<String>> lines;

    private DiagnosticsText(Paint paint, Function<String, List<String>> lines) {
        this.paint = paint;
        this.lines = lines;
    }

    /**
     * All findings and how many there are.
     *
     * @param lines the lines of a file of the bundle by its name, empty if it cannot be read
     */
    public static String of(List<Diagnostic> findings, Function<String, List<String>> lines, Paint paint) {
        final DiagnosticsText text = new DiagnosticsText(paint, lines);
        for (Diagnostic finding : findings) {
            text.add(finding);
        }
        return text.text.toString();
    }

    /** "2 errors, 1 warning" */
    public static String counts(List<Diagnostic> findings) {
        final long errors =
                findings.stream().filter(f -> f.severity() == Severity.ERROR).count();
        final long warnings = findings.size() - errors;
        return Human.count(errors, "error") + (warnings == 0 ? "" : ", " + Human.count(warnings, "warning"));
    }

    private void add(Diagnostic finding) {
        final boolean error = finding.severity() == Severity.ERROR;
        line(paint.in(Style.BOLD, (finding.file().isEmpty() ? "bundle" : finding.position()) + ": ")
                + paint.in(
                        error ? Style.STRONG_BAD : Style.CAREFUL,
                        finding.severity().label() + ": ")
                + paint.in(Style.BOLD, finding.message())
                + paint.in(Style.DIM, " [" + finding.code().label() + "]"));
        excerpt(finding);
        line(paint.in(Style.DIM, "      = ") + paint.in(Style.NONE, finding.remedy()));
    }

    private void excerpt(Diagnostic finding) {
        final List<String> source = finding.line() > 0 ? lines.apply(finding.file()) : List.of();
        if (finding.line() > source.size() || finding.line() == 0) {
            return;
        }
        final String line = source.get(finding.line() - 1).replace('\t', ' ');
        if (line.codePointCount(0, line.length()) > MAX_EXCERPT) {
            return;
        }
        final String number = String.format(Locale.ROOT, "%5d | ", finding.line());
        line(paint.in(Style.DIM, number) + paint.in(Style.NONE, line));
        line(paint.in(Style.DIM, "      | ")
                + " ".repeat(Math.max(0, finding.column() - 1))
                + paint.in(Style.BAD, "^"));
    }

    private void line(String line) {
        text.append(line).append('\n');
    }
}
