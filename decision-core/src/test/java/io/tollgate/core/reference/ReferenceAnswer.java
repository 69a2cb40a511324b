/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.Outcome;
import io.tollgate.core.Reason;
import io.tollgate.core.Severity;
import io.tollgate.core.explain.CeilingView;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Every field of an answer that the semantics fix. */
public record ReferenceAnswer(
        Outcome outcome,
        Reason reason,
        @Nullable CeilingView binding,
        List<MatchedRule> matchedRules,
        List<WarningLine> warnings,
        List<String> obligations,
        long retryAfterNs,
        boolean retryNever,
        List<Long> granted) {

    public record MatchedRule(String scopePath, String ruleId) {}

    public record WarningLine(Reason reason, Severity severity, String subject, String scopePath) {}
}
