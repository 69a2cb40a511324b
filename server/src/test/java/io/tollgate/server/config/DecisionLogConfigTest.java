/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The keys of the decision log: what is taken, and what is said about what is not. */
class DecisionLogConfigTest {
    private static DecisionLogConfig read(final String yaml) {
        return SidecarConfig.builder().yaml(yaml, "sidecar.yaml").build().decisionLog();
    }

    private static String refused(final String yaml) {
        return Objects.requireNonNull(
                assertThrows(ConfigException.class, () -> read(yaml)).getMessage());
    }

    @Test
    void shouldLogNothingUnlessToldTo() {
        final DecisionLogConfig log = read("");
        assertFalse(log.isEnabled());
        assertEquals(DecisionLogConfig.OFF, log);
    }

    @Test
    void shouldReadEveryKey() {
        final DecisionLogConfig log = read(
                """
                decision_log:
                  file: /var/log/tollgate/decisions.jsonl
                  allow_percent: 2.5
                  mask:
                    - actor.id
                    - resource_attributes.ssn
                    - attributes.*
                    - target.resource_attributes.iban
                  max_file_bytes: 1_000_000
                  max_file_age_ms: 0
                  max_files: 3
                  compress: false
                  audited: required
                  audited_fsync: true
                  buffer_bytes: 1_500_000
                  otlp:
                    endpoint: https://collector.example:4318/v1/logs
                    ca_file: /etc/tollgate/ca.pem
                    token_file: /etc/tollgate/token
                """);
        assertTrue(log.isEnabled());
        assertEquals(Path.of("/var/log/tollgate/decisions.jsonl"), log.file());
        assertEquals(2.5, log.allowPercent());
        assertEquals(
                List.of("actor.id", "resource_attributes.ssn", "attributes.*", "resource_attributes.iban"),
                log.masked());
        assertEquals(new DecisionLogConfig.Rotation(1_000_000, 0, 3, false), log.rotation());
        assertTrue(log.auditRequired());
        assertTrue(log.auditedFsync());
        assertEquals(1 << 21, log.bufferBytes(), "the next power of two");
        assertEquals(
                "https://collector.example:4318/v1/logs",
                Objects.requireNonNull(log.otlp()).endpoint().toString());
    }

    @Test
    void shouldTakeItsOwnDumpBack() {
        final SidecarConfig config = SidecarConfig.builder()
                .yaml("decision_log: { file: /f, mask: [actor.id, \"attributes.*\"], allow_percent: 0.125 }", "a.yaml")
                .build();
        assertEquals(config.decisionLog(), read(config.yaml()));
    }

    @Test
    void shouldNameWhatCannotBeMaskedAndWhatWasMeant() {
        final String misspelt = refused("decision_log:\n  mask: [actor.id, actor.ids]\n");
        assertTrue(misspelt.contains("sidecar.yaml:2:"), misspelt);
        assertTrue(misspelt.contains("'actor.ids', which cannot be masked; did you mean actor.id?"), misspelt);
        assertTrue(misspelt.contains("place.organization"), misspelt);
        final String group = refused("decision_log: { mask: [attributes] }");
        assertTrue(group.contains("did you mean attributes.*?"), group);
        final String number = refused("decision_log: { mask: [7] }");
        assertTrue(number.contains("holds something that is no text"), number);
        final String nested = refused("decision_log: { mask: [[actor.id], actor.id], allow_percent: 3 }");
        assertTrue(nested.contains("holds something that is no text"), nested);
    }

    @Test
    void shouldRefuseSharesThatAreNone() {
        for (final String wrong : List.of("101", "-1", "1e1", "100.1", "\"half\"")) {
            final String said = refused("decision_log: { allow_percent: " + wrong + " }");
            assertTrue(said.contains("a percentage from 0 to 100"), said);
        }
        assertEquals(100.0, read("decision_log: { allow_percent: 100.0 }").allowPercent());
    }

    @Test
    void shouldRefuseWhatCouldNotBePromised() {
        final String noFile =
                refused("decision_log: { audited: required, otlp: { endpoint: \"http://127.0.0.1:4318/v1/logs\" } }");
        assertTrue(noFile.contains("needs a file"), noFile);
        final String small = refused("decision_log: { audited: required, file: /f, buffer_bytes: 65536 }");
        assertTrue(small.contains("decision_log.buffer_bytes: 65536 is too small"), small);
        assertTrue(small.contains("at least 589824"), small);
    }

    @Test
    void shouldRefuseCollectorsWithoutTlsOffTheLoopback() {
        final String plain = refused("decision_log: { otlp: { endpoint: \"http://192.0.2.7:4318/v1/logs\" } }");
        assertTrue(plain.contains("not on loopback") && plain.contains("https"), plain);
        final String secret = refused("decision_log: { otlp: { endpoint: \"https://user:pw@collector/v1/logs\" } }");
        assertTrue(secret.contains("is not an address"), secret);
        final String alone = refused("decision_log: { otlp: { token_file: /t } }");
        assertTrue(alone.contains("write the collector's address"), alone);
        final String ca = refused("decision_log: { otlp: { endpoint: \"http://127.0.0.1:4318\", ca_file: /c } }");
        assertTrue(ca.contains("plain http"), ca);
    }
}
