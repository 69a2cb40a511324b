/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.admin;

import io.tollgate.server.dryrun.DryRun;
import io.tollgate.server.dryrun.DryRunReport;
import io.tollgate.v1.DryRunExample;
import io.tollgate.v1.DryRunPair;
import io.tollgate.v1.DryRunStatus;

/** What the dry run found, for {@code tollgate status}. */
final class DryRunStatusReport {
    private DryRunStatusReport() {}

    static DryRunStatus of(final DryRun dryRun) {
        final DryRun.State state = dryRun.state();
        final DryRunStatus.Builder status = DryRunStatus.newBuilder()
                .setEnabled(dryRun.config().decisions() > 0)
                .setKeptCount(dryRun.kept())
                .setCapacity(dryRun.config().decisions())
                .setSkippedCount(dryRun.skipped())
                .setRunCount(state.runs())
                .setRefusedCount(state.refused())
                .setRefusedCandidate(state.refusedCandidate());
        final DryRunReport last = state.last();
        if (last != null) {
            status.setLast(report(last));
        }
        return status.build();
    }

    private static io.tollgate.v1.DryRunReport report(final DryRunReport from) {
        final io.tollgate.v1.DryRunReport.Builder to = io.tollgate.v1.DryRunReport.newBuilder()
                .setCandidate(from.candidate())
                .setLive(from.live())
                .setEndedAtMs(from.endedAtMs())
                .setJudgedCount(from.judged())
                .setUnsettledCount(from.unsettled())
                .setFlipCount(from.flips())
                .setWarningsOnlyCount(from.warningsOnly())
                .setExceeded(from.exceeded())
                .setVerdict(
                        switch (from.verdict()) {
                            case PASSED -> io.tollgate.v1.DryRunReport.Verdict.VERDICT_PASSED;
                            case REPORTED -> io.tollgate.v1.DryRunReport.Verdict.VERDICT_REPORTED;
                            case ALLOWED -> io.tollgate.v1.DryRunReport.Verdict.VERDICT_ALLOWED;
                            case REFUSED -> io.tollgate.v1.DryRunReport.Verdict.VERDICT_REFUSED;
                        });
        for (final DryRunReport.Pair pair : from.pairs()) {
            to.addPairs(DryRunPair.newBuilder()
                    .setBefore(pair.before())
                    .setAfter(pair.after())
                    .setCount(pair.count())
                    .setFlip(pair.flip()));
        }
        for (final DryRunReport.Example example : from.examples()) {
            to.addExamples(DryRunExample.newBuilder()
                    .setActor(example.actor())
                    .setPlace(example.place())
                    .setAction(example.action())
                    .setBefore(example.before())
                    .setAfter(example.after()));
        }
        return to.build();
    }
}
