/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.admin;

import io.tollgate.server.config.DecisionLogConfig;
import io.tollgate.server.config.SidecarConfig;
import io.tollgate.server.decisionlog.DecisionLog;
import io.tollgate.server.decisionlog.DecisionLogFacts;
import io.tollgate.v1.DecisionLogStatus;
import java.math.BigDecimal;

/** The decision log's part of the status. On admin threads. */
final class DecisionLogReport {
    private final DecisionLogConfig config;
    private final DecisionLog log;

    DecisionLogReport(final SidecarConfig config, final DecisionLog log) {
        this.config = config.decisionLog();
        this.log = log;
    }

    DecisionLogStatus make() {
        final DecisionLogFacts facts = log.facts();
        return DecisionLogStatus.newBuilder()
                .setEnabled(facts.enabled())
                .setFile(config.file() == null ? "" : config.file().toString())
                .setOtlpEndpoint(
                        config.otlp() == null ? "" : config.otlp().endpoint().toString())
                .setHealthy(facts.healthy())
                .setLastError(facts.lastError())
                .setLastErrorAtMs(facts.lastErrorMs())
                .setSequence(facts.sequence())
                .setWrittenCount(facts.written())
                .setDroppedCount(facts.dropped())
                .setLengthBytes(facts.lengthBytes())
                .setExportedCount(facts.exported())
                .setAllowPercent(BigDecimal.valueOf(config.allowPercent())
                        .stripTrailingZeros()
                        .toPlainString())
                .setAudited(config.auditRequired() ? "required" : "off")
                .addAllMasked(config.masked())
                .setFollowers(facts.followers())
                .build();
    }
}
