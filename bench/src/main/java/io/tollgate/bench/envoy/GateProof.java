/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.envoy;

import io.tollgate.bench.world.GeneratedChecks;
import io.tollgate.examples.generator.GeneratedRequests;
import io.tollgate.examples.generator.GeneratedShape;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Before anything is measured: every gate lets the requests pass, and refuses or lets pass others as that gate and no other would. */
final class GateProof {
    private static final String ID = "x-tollgate-decision-id: ";
    private static final int TIMEOUT_MS = 10_000;

    private GateProof() {}

    /**
     * Tries each gate.
     *
     * @throws IOException saying which one does not behave as it should
     */
    static void prove(final Map<Gate, Integer> ports, final GeneratedShape shape) throws IOException {
        final String good = GeneratedChecks.http(new GeneratedRequests(shape), 0);
        final String stranger = good.replace("authorization: Bearer k", "authorization: Bearer z");
        final String nobody = good.replace("x-scopes: llm:write\r\n", "");
        for (final Map.Entry<Gate, Integer> each : ports.entrySet()) {
            final Gate gate = each.getKey();
            final boolean isTollgate = gate.server == Gate.Server.SIDECAR;
            expect(gate, "a good request", answer(each.getValue(), good), 200, isTollgate);
            expect(gate, "an unknown key", answer(each.getValue(), stranger), isTollgate ? 400 : 200, isTollgate);
            // In the generated world other rules allow that too.
            expect(
                    gate,
                    "a request without scopes",
                    answer(each.getValue(), nobody),
                    gate == Gate.RBAC ? 403 : 200,
                    isTollgate);
        }
    }

    private static void expect(
            final Gate gate, final String what, final String answer, final int status, final boolean hasId)
            throws IOException {
        if (!answer.startsWith("HTTP/1.1 " + status + " ") || answer.contains(ID) != hasId) {
            throw new IOException(gate.title + ": " + what + " should have got " + status
                    + (hasId ? " with" : " without") + " a decision id; it got\n" + answer);
        }
    }

    private static String answer(final int port, final String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TIMEOUT_MS);
            socket.getOutputStream()
                    .write(request.replaceFirst("\r\n", "\r\nconnection: close\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }
}
