/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.DecideMode;
import io.tollgate.core.Reason;
import io.tollgate.core.Stage;
import io.tollgate.core.explain.Explanation;
import io.tollgate.core.quota.Contention;
import org.junit.jupiter.api.Test;

/** Another worker is in the way for longer than anybody is patient: what is said then of a wallet that was not read. */
class ContentionTest extends CreditTestBase {
    private static final int OTHER = 2;

    @Test
    void shouldExplainThatTheBalanceWasNotRead() {
        activate(CreditWorld.priced().with(CreditWorld.prepaid("w", 100)));
        assertEquals("ALLOW OK", consume(100));
        fill(DecideMode.CHECK, "invoke", 1);
        Contention.begin(fixture.inFlight, OTHER);
        final String credit = explain();
        Contention.end(fixture.inFlight, OTHER);

        assertEquals(Reason.OVERLOADED, decision.reason());
        assertTrue(credit.contains("estimated to cost 0.01 USD"), credit);
        assertTrue(credit.contains("wallet 'w' of org:acme"), credit);
        assertTrue(credit.endsWith("its balance was not read, the counters were too busy"), credit);
        assertTrue(explain().contains("0.00 USD can be spent"), "nobody is in the way any more");
    }

    @Test
    void shouldAnswerAndExplainEveryStageAllTheSame() {
        activate(CreditWorld.priced().with(CreditWorld.prepaid("w", 100)));
        consume(100);
        Contention.begin(fixture.inFlight, OTHER);
        assertEquals("DENY OVERLOADED", consume(1));
        assertEquals("Too busy to decide; try again.", message);
        assertNull(cost, "it was not read");
        final Explanation explanation = new Explanation();
        worker.begin();
        worker.explain(request, decision, explanation);
        worker.end();
        Contention.end(fixture.inFlight, OTHER);
        assertEquals(Stage.values().length, explanation.stages().size());
        assertEquals("DENY CREDIT_EXHAUSTED", consume(1), "as it is without the other");
    }
}
