/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.rig;

import io.tollgate.core.ScopeLevel;
import io.tollgate.examples.generator.GeneratedBundle;
import io.tollgate.examples.generator.GeneratedLimits;
import io.tollgate.v1.CeilingState;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.MatchedRule;
import io.tollgate.v1.Obligation;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Compares every part of an answer that carries the version with the version of its evidence. Safe for all threads. */
final class AnswerCheck {
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(60);
    private static final List<String> DIMENSIONS = List.of("llm.request_rate", "llm.token_rate", "llm.tokens");
    private static final int MAX_FAULTS = 20;

    private final Set<String> faults = new ConcurrentSkipListSet<>();
    private final Set<Long> versions = new ConcurrentSkipListSet<>();
    private final AtomicLong answers = new AtomicLong();

    Set<String> faults() {
        return faults;
    }

    Set<Long> versions() {
        return versions;
    }

    long answers() {
        return answers.get();
    }

    /** Notes a failure of another kind. */
    void fault(final String what) {
        if (faults.size() < MAX_FAULTS) {
            faults.add(what);
        }
    }

    /** Waits until an answer of this version was seen. */
    void awaitVersion(final long version) throws InterruptedException {
        final long untilNs = System.nanoTime() + PATIENCE_NS;
        while (!versions.contains(version)) {
            if (System.nanoTime() > untilNs) {
                throw new AssertionError(
                        "no answer of version " + version + " in 60 s; saw " + versions + ", faults " + faults);
            }
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }

    /** {@return the version of an answer that was looked through} */
    long check(final DecideResponse answer) {
        final long version = answer.getEvidence().getSnapshotVersion();
        answers.incrementAndGet();
        versions.add(version);
        if (answer.getOutcome() != Outcome.OUTCOME_ALLOW || answer.getReason() != Reason.REASON_OK) {
            fault("answered " + answer.getOutcome() + " " + answer.getReason() + ": " + answer.getMessage());
            return version;
        }
        if (answer.getEvidence().getSnapshotDigest().isEmpty()) {
            fault("no digest");
        }
        ceiling(answer.getBindingCeiling(), version);
        if (answer.getMatchedRulesCount() < 5) {
            fault(answer.getMatchedRulesCount() + " matched rules");
        }
        for (final MatchedRule rule : answer.getMatchedRulesList()) {
            if (!rule.getRuleId().endsWith("-s" + version)) {
                fault("version " + version + " matched rule " + rule.getRuleId());
            }
        }
        obligations(answer.getObligationsList(), version);
        return version;
    }

    private void ceiling(final CeilingState ceiling, final long version) {
        final int dimension = DIMENSIONS.indexOf(ceiling.getDimension());
        if (dimension < 0) {
            fault("binding ceiling of dimension '" + ceiling.getDimension() + "'");
            return;
        }
        final ScopeLevel level = Objects.requireNonNull(
                ScopeLevel.ofCode(ceiling.getScope().getLevelValue()), "level of the binding ceiling");
        if (ceiling.getLimit() != GeneratedLimits.limit(dimension, level, version)) {
            fault("version " + version + " has limit " + ceiling.getLimit() + " at "
                    + ceiling.getScope().getPath());
        }
    }

    private void obligations(final List<Obligation> obligations, final long version) {
        boolean stamped = false;
        for (final Obligation obligation : obligations) {
            if (obligation.getKey().equals(GeneratedBundle.STAMP_KEY)) {
                stamped = true;
                if (obligation.getValue().getIntValue() != version) {
                    fault("version " + version + " has obligation "
                            + obligation.getValue().getIntValue());
                }
            }
        }
        if (!stamped) {
            fault("no stamped obligation in " + obligations);
        }
    }
}
