/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decisionlog;

import io.tollgate.server.config.DecisionLogConfig;
import java.util.function.LongSupplier;

/**
 * What the two sides of the rings tell each other. {@code active} and {@code healthy} are written by the log's thread (and {@code active}
 * set by whoever begins to follow), read by event loops; the rest never changes.
 */
final class LogControl {
    final boolean auditRequired;
    final int bufferBytes;
    final Sampling sampling;
    final LongSupplier epochMs;
    /** Somebody wants entries. */
    volatile boolean active;
    /** The file takes what is written. */
    volatile boolean healthy = true;

    LogControl(final DecisionLogConfig config, final LongSupplier epochMs) {
        auditRequired = config.auditRequired();
        bufferBytes = config.isEnabled() ? config.bufferBytes() : Math.min(config.bufferBytes(), 1 << 19);
        sampling = new Sampling(config.allowPercent());
        active = config.isEnabled();
        this.epochMs = epochMs;
    }
}
