/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.dryrun;

import java.util.List;

/**
 * What a dry run found.
 *
 * @param candidate what was judged: "1-8", or with a delta "1-7+12"
 * @param live beside what: the same form
 * @param endedAtMs when, milliseconds since 1970
 * @param judged requests asked of both
 * @param unsettled requests that gave no certain answer, as counters moved meanwhile; not among the judged
 * @param flips requests that are allowed by one and denied by the other, or denied for another reason
 * @param warningsOnly requests that both allow, with other warnings; no flips
 * @param exceeded the setting that the flips go beyond; empty = none
 * @param verdict what became of it
 * @param pairs the most frequent first
 * @param examples of flips, a few, each another
 */
public record DryRunReport(
        String candidate,
        String live,
        long endedAtMs,
        long judged,
        long unsettled,
        long flips,
        long warningsOnly,
        String exceeded,
        Verdict verdict,
        List<Pair> pairs,
        List<Example> examples) {

    /** What became of the candidate. */
    public enum Verdict {
        /** Few enough flips. */
        PASSED,
        /** Too many flips, and nothing is to be refused. */
        REPORTED,
        /** Too many flips, and an operator has allowed it. */
        ALLOWED,
        /** Too many flips. */
        REFUSED
    }

    /** How often an answer became another: "ALLOW OK" to "DENY POLICY_NO_GRANT". */
    public record Pair(String before, String after, long count, boolean flip) {}

    /** One request that flips. Of an API key the first bytes of its hash. */
    public record Example(String actor, String place, String action, String before, String after) {}

    /** {@return in a line} */
    public String summary() {
        final StringBuilder text = new StringBuilder()
                .append(flips)
                .append(" of the last ")
                .append(judged)
                .append(" decisions would be others");
        String separator = ": ";
        for (final Pair pair : pairs) {
            if (pair.flip()) {
                text.append(separator)
                        .append(pair.count())
                        .append(' ')
                        .append(pair.before())
                        .append(" -> ")
                        .append(pair.after());
                separator = ", ";
            }
        }
        return text.toString();
    }
}
