/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.admin;

import io.tollgate.loader.journal.JournalFacts;
import io.tollgate.loader.journal.UsageJournal;
import io.tollgate.loader.report.ReportFacts;
import io.tollgate.server.lifecycle.SnapshotFeed;
import io.tollgate.v1.JournalStatusResponse;
import io.tollgate.v1.ReportingState;
import io.tollgate.v1.ReportingStatus;
import java.util.Locale;

/** How the usage journal stands, and its way to the ledger. */
final class JournalReport {
    private JournalReport() {}

    static JournalStatusResponse of(final SnapshotFeed feed) {
        final UsageJournal journal = feed.journal();
        if (journal == null) {
            return JournalStatusResponse.getDefaultInstance();
        }
        final JournalFacts facts = journal.facts();
        final JournalStatusResponse.Builder response = JournalStatusResponse.newBuilder()
                .setEnabled(facts.enabled())
                .setPendingCount(facts.pendingCount())
                .setLengthBytes(facts.lengthBytes())
                .setMaxBytes(facts.maxBytes())
                .setAppendedSequence(facts.appendedSequence())
                .setAcknowledgedSequence(facts.acknowledgedSequence())
                .setDurability(facts.durability().name().toLowerCase(Locale.ROOT))
                .setLastError(facts.lastError())
                .setFailed(facts.failed())
                .setRefusedCount(facts.appendFailedCount())
                .setDamagedCount(facts.damagedCount())
                .setOldRunCount(facts.oldRunCount());
        final ReportFacts reporting = feed.reporting();
        if (reporting != null) {
            final ReportFacts.Waiting waiting = reporting.waiting();
            if (waiting != null) {
                response.setOldestBootId(waiting.producer().bootId())
                        .setOldestAcknowledgedSequence(waiting.acknowledged());
            }
            response.setReporting(reporting(reporting, feed.clock().wallMs()));
        }
        return response.build();
    }

    private static ReportingStatus reporting(final ReportFacts facts, final long nowMs) {
        return ReportingStatus.newBuilder()
                .setState(
                        switch (facts.state()) {
                            case IDLE -> ReportingState.REPORTING_STATE_IDLE;
                            case SENDING -> ReportingState.REPORTING_STATE_SENDING;
                            case FAILING -> ReportingState.REPORTING_STATE_FAILING;
                            case NOBODY -> ReportingState.REPORTING_STATE_NOBODY;
                        })
                .setAddress(facts.address())
                .setReportedCount(facts.reported())
                .setRejectedCount(facts.rejected())
                .setRejectedFile(facts.rejectedFile())
                .setConsecutiveFailures(facts.failures())
                .setLastError(facts.lastError())
                .setLastAcknowledgedAtMs(facts.acknowledgedAtMs())
                .setLagMs(facts.lagMs(nowMs))
                .build();
    }
}
