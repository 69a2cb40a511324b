/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.dryrun;

import io.tollgate.core.Outcome;
import io.tollgate.core.Reason;
import io.tollgate.core.engine.Decision;

/** What of an answer a dry run compares. */
record Verdicts(Outcome outcome, Reason reason, long warnings) {
    static Verdicts of(final Decision decision) {
        long warnings = decision.warnings().size();
        for (int i = 0; i < decision.warnings().size(); i++) {
            warnings = 31 * warnings + decision.warnings().reason(i).code();
        }
        return new Verdicts(decision.outcome(), decision.reason(), warnings);
    }

    /** Whether the sidecar was too busy to tell. */
    boolean isUnsettled() {
        return reason == Reason.OVERLOADED;
    }

    /** Whether a caller would do something else. */
    boolean flips(final Verdicts other) {
        final boolean denied = outcome == Outcome.DENY;
        final boolean otherDenied = other.outcome == Outcome.DENY;
        return denied != otherDenied || denied && reason != other.reason;
    }

    String text() {
        return outcome + " " + reason;
    }
}
