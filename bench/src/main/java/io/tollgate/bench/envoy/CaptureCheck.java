/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.envoy;

import com.google.protobuf.util.JsonFormat;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.tollgate.bench.load.NettyNoise;
import io.tollgate.bench.world.Folders;
import io.tollgate.bench.world.GeneratedChecks;
import io.tollgate.envoy.auth.v3.AuthorizationGrpc;
import io.tollgate.envoy.auth.v3.CheckRequest;
import io.tollgate.envoy.auth.v3.CheckResponse;
import io.tollgate.examples.generator.GeneratedRequests;
import io.tollgate.examples.generator.GeneratedShape;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Records what a real Envoy asks: sends it one request of the generated world and writes the CheckRequest as JSON. So
 * {@code check-request.json} was made, which load programs take their shape from: {@code bench/run envoy.CaptureCheck FILE [VERSION]}.
 */
public final class CaptureCheck {
    private static final int WAIT_S = 20;

    private CaptureCheck() {}

    /** Runs it. */
    public static void main(final String[] args) throws IOException, InterruptedException {
        NettyNoise.silence();
        final CheckRequest check = capture(args.length > 1 ? args[1] : "1.40.0");
        Files.writeString(Path.of(args[0]), JsonFormat.printer().print(check) + "\n");
    }

    static CheckRequest capture(final String version) throws IOException, InterruptedException {
        final BlockingQueue<CheckRequest> asked = new LinkedBlockingQueue<>();
        final Server recorder = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                .addService(new AuthorizationGrpc.AuthorizationImplBase() {
                    @Override
                    public void check(final CheckRequest request, final StreamObserver<CheckResponse> observer) {
                        asked.add(request);
                        observer.onNext(CheckResponse.getDefaultInstance());
                        observer.onCompleted();
                    }
                })
                .build()
                .start();
        final Path work = Files.createTempDirectory("tollgate-capture");
        final int port = freePort();
        final Map<Gate, Integer> ports = Map.of(Gate.ALLOW_TCP, port);
        final String yaml =
                EnvoyConfig.of(ports, Map.of(Gate.ALLOW_TCP, EnvoyConfig.tcp(Integer.toString(recorder.getPort()))));
        try (EnvoyProcess envoy = EnvoyProcess.start(EnvoyProcess.binary(version), 1, work, yaml, ports.values());
                Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            final String message = GeneratedChecks.http(new GeneratedRequests(GeneratedShape.of(1_000)), 0);
            client.getOutputStream().write(message.getBytes(StandardCharsets.US_ASCII));
            final CheckRequest check = asked.poll(WAIT_S, TimeUnit.SECONDS);
            if (check == null) {
                throw new IOException("Envoy (process " + envoy.pid() + ") asked nothing within " + WAIT_S + " s");
            }
            return check;
        } finally {
            recorder.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
            Folders.delete(work);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
