/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.ReasonClass;
import io.tollgate.v1.SidecarState;
import io.tollgate.v1.StatusResponse;

/**
 * What the shell learns. Scripts rely on these numbers: they are declared here once and mean the same in every command.
 */
final class ExitCode {
    /** Yes; fine. */
    static final int OK = 0;
    /** No: denied, errors found, unhealthy. */
    static final int NO = 1;
    /** The command line, a file named on it, or a configuration cannot be used. */
    static final int USAGE = 2;
    /** Nobody answered, or not in time. */
    static final int UNREACHABLE = 3;
    /** The answer rests on evidence that is too old, or on none; the snapshot to replay it with is missing, or another one. */
    static final int STALE = 4;
    /** A bug of this program. */
    static final int INTERNAL = 70;

    private ExitCode() {}

    static int of(DecideResponse response) {
        if (response.getOutcome() == Outcome.OUTCOME_ALLOW || response.getOutcome() == Outcome.OUTCOME_WARN) {
            return OK;
        }
        return response.getReasonClass() == ReasonClass.REASON_CLASS_FRESHNESS ? STALE : NO;
    }

    static int of(StatusResponse status) {
        if (status.getState() == SidecarState.SIDECAR_STATE_READY) {
            return OK;
        }
        final boolean noEvidence = status.getState() == SidecarState.SIDECAR_STATE_STALE
                || !status.getSnapshot().getPresent();
        return noEvidence ? STALE : NO;
    }
}
