/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.metrics;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class MetricsTest {
    @Test
    void shouldShowItsCountersAlsoAfterACollection() {
        try (Metrics metrics = new Metrics(List::of)) {
            final long[] counted = {7};
            metrics.counter("tollgate.test.plain", "A test", () -> counted[0]);
            metrics.counter("tollgate.test.labelled", "kind", "some", "A test", () -> counted[0]);
            System.gc();
            counted[0] = 8;
            final String page = metrics.page();
            assertTrue(page.contains("tollgate_test_plain_total 8.0"), page);
            assertTrue(page.contains("tollgate_test_labelled_total{kind=\"some\"} 8.0"), page);
        }
    }
}
