/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.v1.DecideMode;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpTest {
    @TempDir
    Path directory;

    @Test
    void shouldTellProbesWhyItIsNotReady() throws Exception {
        try (SidecarHarness harness = new SidecarHarness(directory)) {
            assertEquals(200, harness.get("/healthz").statusCode(), "the process lives");
            final HttpResponse<String> starting = harness.get("/readyz");
            assertEquals(503, starting.statusCode());
            assertEquals(
                    "{\"ready\":false,\"state\":\"STARTING\",\"cause\":\"no snapshot is installed yet\"}\n",
                    starting.body());

            harness.ready();

            final HttpResponse<String> ready = harness.get("/readyz");
            assertEquals(200, ready.statusCode());
            assertEquals("{\"ready\":true,\"state\":\"READY\"}\n", ready.body());
            assertEquals(404, harness.get("/").statusCode());
            assertEquals(404, harness.get("/metrics/").statusCode());
        }
    }

    @Test
    void shouldShowMetrics() throws Exception {
        try (SidecarHarness harness = new SidecarHarness(directory).ready()) {
            for (int i = 0; i < 40; i++) {
                harness.ask(SidecarHarness.question("ann"));
            }
            for (int i = 0; i < 12; i++) {
                harness.ask(SidecarHarness.question("ann").toBuilder()
                        .setMode(DecideMode.DECIDE_MODE_CONSUME)
                        .build());
            }
            harness.ask(SidecarHarness.question("nobody"));
            harness.snapshots.clock.advanceMs(2_500);

            final HttpResponse<String> response = harness.get("/metrics");

            assertTrue(
                    response.headers().firstValue("Content-Type").orElse("").startsWith("text/plain; version=0.0.4"));
            final String page = response.body();
            assertLine(page, "tollgate_decisions_total{class=\"NONE\",outcome=\"ALLOW\",reason=\"OK\"} 50.0");
            assertLine(
                    page, "tollgate_decisions_total{class=\"QUOTA\",outcome=\"DENY\",reason=\"QUOTA_EXHAUSTED\"} 2.0");
            assertLine(
                    page, "tollgate_decisions_total{class=\"REQUEST\",outcome=\"DENY\",reason=\"UNKNOWN_ACTOR\"} 1.0");
            assertFalse(page.contains("POLICY_ERROR"), "only what has happened has a line");
            assertLine(page, "tollgate_decision_duration_seconds_count 3");
            assertLine(page, "tollgate_decision_duration_seconds_bucket{le=\"+Inf\"} 3");
            assertLine(page, "tollgate_snapshot_age_seconds{plane=\"policy\"} 2.5");
            assertLine(page, "tollgate_snapshot_age_seconds{plane=\"capacity\"} 0.0");
            assertLine(page, "tollgate_snapshot_version 1.0");
            assertLine(page, "tollgate_snapshot_install_total{result=\"installed\"} 1.0");
            assertLine(page, "tollgate_snapshot_install_total{result=\"refused\"} 1.0");
            assertLine(page, "tollgate_shed_total{cause=\"lag\"} 0.0");
            assertLine(page, "tollgate_shed_total{cause=\"deadline\"} 0.0");
            assertLine(page, "tollgate_ready 1.0");
            assertTrue(page.contains("jvm_memory_used_bytes{"), page);
            assertTrue(page.contains("process_uptime_seconds "), page);
        }
    }

    private static void assertLine(final String page, final String line) {
        assertTrue(page.lines().anyMatch(line::equals), () -> line + " is not in\n" + page);
    }
}
