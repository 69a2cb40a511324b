/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decisionlog;

import io.tollgate.v1.DecisionLogEntry;
import io.tollgate.v1.TailDecisionsRequest;
import io.tollgate.v1.Target;

/** Whether an entry is one that a follower asked for. Immutable; also for files. */
public final class EntryFilter {
    private final TailDecisionsRequest wanted;

    /** Takes what the request states; its {@code since_ms} too. */
    public EntryFilter(final TailDecisionsRequest wanted) {
        this.wanted = wanted;
    }

    /** {@return whether all that is stated holds of the entry} */
    public boolean takes(final DecisionLogEntry entry) {
        return (wanted.getOutcomesCount() == 0
                        || wanted.getOutcomesList().contains(entry.getResponse().getOutcome()))
                && (wanted.getReasonsCount() == 0
                        || wanted.getReasonsList().contains(entry.getResponse().getReason()))
                && (wanted.getOrganization().isEmpty()
                        || wanted.getOrganization()
                                .equals(entry.getRequest().getPlace().getOrganization()))
                && (wanted.getActor().isEmpty() || isActor(entry))
                && (wanted.getAction().isEmpty() || isAction(entry))
                && entry.getTimestampMs() >= wanted.getSinceMs();
    }

    private boolean isActor(final DecisionLogEntry entry) {
        final var actor = entry.getRequest().getActor();
        return wanted.getActor().equals(actor.getId())
                || wanted.getActor().equals(actor.getType() + ":" + actor.getId());
    }

    private boolean isAction(final DecisionLogEntry entry) {
        final Target target = entry.getRequest().getTarget();
        return wanted.getAction().equals(target.getAction())
                || wanted.getAction()
                        .equals(target.getProduct() + "/" + target.getResourceType() + "/" + target.getAction());
    }
}
