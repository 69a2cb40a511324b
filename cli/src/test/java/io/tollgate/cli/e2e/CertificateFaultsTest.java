/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.v1.Reason;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A control plane whose certificate is wrong is none: the sidecar shuts, says what to mend, and recovers when it is mended. */
class CertificateFaultsTest {
    @TempDir
    Path directory;

    private Stage stage;

    @AfterEach
    void stop() {
        stage.close();
    }

    private FaultyProxy network;
    private Stage.Sidecar sidecar;

    private void assertSays(String what) {
        network.cut();
        sidecar.process.await(
                "'" + what + "' in its status",
                () -> sidecar.status().getControlPlane().getLastError().contains(what));
        assertTrue(sidecar.statusText().contains("NOT CONNECTED"));
    }

    private void assertRecovers() {
        network.heal();
        network.target(stage.controlPort);
        network.cut();
        sidecar.process.await(
                "the connection", () -> sidecar.status().getControlPlane().getConnected());
        sidecar.awaitAllowed();
    }

    @Test
    void shouldShutAndSayWhatIsWrongWithTheCertificate() throws Exception {
        stage = new Stage(directory);
        Certificates certificates = new Certificates(directory);
        Path trusted = certificates.authority("ours");
        certificates.authority("theirs");
        certificates.server("good", "ours", "ip:127.0.0.1", "-validity", "30");
        certificates.server("foreign", "theirs", "ip:127.0.0.1", "-validity", "30");
        certificates.server("other-host", "ours", "dns:other.example", "-validity", "30");
        certificates.server("expired", "ours", "ip:127.0.0.1", "-startdate", "-9d", "-validity", "3");
        certificates.server("early", "ours", "ip:127.0.0.1", "-startdate", "+2d", "-validity", "3");
        stage.writeControlPlane(certificates.tls("good"));
        stage.startControlPlane();
        network = stage.closing(new FaultyProxy(stage.controlPort));
        sidecar =
                stage.startSidecar("edge", "127.0.0.1:" + network.port(), ", tls: { ca_file: '" + trusted + "' }", "");
        sidecar.awaitAllowed();

        Map<String, String> wrong = Map.of(
                "foreign", "signed by no authority in control_plane.tls.ca_file",
                "expired", "certificate has expired",
                "early", "is not valid yet",
                "other-host", "is another host's");
        for (Map.Entry<String, String> certificate : wrong.entrySet()) {
            network.target(
                    stage.closing(certificates.serve(certificate.getKey())).getLocalPort());
            assertSays(certificate.getValue());
            assertRecovers();
        }
        network.answer("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        assertSays("speaks no TLS");
        sidecar.awaitReason(Reason.REASON_SNAPSHOT_STALE);
        for (int i = 0; i < 10; i++) {
            assertFalse(sidecar.ask().allowed());
        }
        assertRecovers();
        assertEquals(1, sidecar.status().getSnapshot().getInstalledCount(), "nothing was pulled again");
    }
}
