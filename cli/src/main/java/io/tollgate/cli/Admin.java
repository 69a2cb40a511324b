/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.tollgate.v1.DiagnosticsServiceGrpc;
import io.tollgate.v1.DiagnosticsServiceGrpc.DiagnosticsServiceBlockingStub;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import picocli.CommandLine.Option;

/** The admin port of a sidecar, for one call. */
final class Admin {
    /** Where a sidecar answers operators by default. */
    static final String DEFAULT_ADDRESS = "127.0.0.1:7071";

    private static final int MAX_ANSWER_BYTES = 64 << 20;

    @Option(
            names = "--address",
            paramLabel = "HOST:PORT",
            defaultValue = DEFAULT_ADDRESS,
            description = "The sidecar's admin port; default ${DEFAULT-VALUE}.")
    String address;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "5s",
            converter = TimeSpan.class,
            description = "How long to wait for the answer; default ${DEFAULT-VALUE}.")
    Duration timeout;

    /** A sidecar of this process. */
    static Admin at(String address) {
        final Admin admin = new Admin();
        admin.address = address;
        admin.timeout = Duration.ofSeconds(5);
        return admin;
    }

    /** Asks. @throws CommandFailure with the exit code for it if there is no answer */
    <T> T ask(Function<DiagnosticsServiceBlockingStub, T> question) {
        return call(stub -> question.apply(stub.withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS)));
    }

    /** Asks what has no end. @throws CommandFailure likewise */
    <T> T follow(Function<DiagnosticsServiceBlockingStub, T> question) {
        return call(question);
    }

    private <T> T call(Function<DiagnosticsServiceBlockingStub, T> question) {
        final ManagedChannel channel = NettyChannelBuilder.forAddress(Loopback.parse(address))
                .usePlaintext()
                .overrideAuthority("localhost")
                .proxyDetector(target -> null)
                .disableServiceConfigLookUp()
                .disableRetry()
                .maxInboundMessageSize(MAX_ANSWER_BYTES)
                .directExecutor()
                .build();
        try {
            return question.apply(DiagnosticsServiceGrpc.newBlockingStub(channel));
        } catch (StatusRuntimeException e) {
            throw failure(e.getStatus());
        } finally {
            channel.shutdownNow();
        }
    }

    private CommandFailure failure(Status status) {
        return switch (status.getCode()) {
            case UNAVAILABLE ->
                CommandFailure.unreachable("no sidecar answers at " + address
                        + "; is it running? (--address names its admin port)\n" + cause(status));
            case DEADLINE_EXCEEDED ->
                CommandFailure.unreachable("the sidecar at " + address + " did not answer within " + timeout.toMillis()
                        + " ms (--timeout)");
            case UNIMPLEMENTED ->
                CommandFailure.unreachable(
                        "what listens at " + address + " is not a sidecar's admin port, by default 127.0.0.1:7071");
            case NOT_FOUND, INVALID_ARGUMENT -> CommandFailure.no(String.valueOf(status.getDescription()));
            default ->
                CommandFailure.unreachable("the sidecar at " + address + " answered " + Failures.describe(status));
        };
    }

    private static String cause(Status status) {
        Throwable root = status.getCause();
        while (root != null && root.getCause() != null) {
            root = root.getCause();
        }
        return root == null ? Failures.describe(status) : String.valueOf(root.getMessage());
    }

    /** Addresses on this host. */
    static final class Loopback {
        private Loopback() {}

        static InetSocketAddress parse(String text) {
            final int colon = text.lastIndexOf(':');
            try {
                final InetSocketAddress address = new InetSocketAddress(
                        text.substring(0, Math.max(0, colon)), Integer.parseInt(text.substring(colon + 1)));
                if (colon > 0 && address.getPort() > 0 && address.getAddress() != null) {
                    if (!address.getAddress().isLoopbackAddress()) {
                        throw CommandFailure.usage("--address '" + text
                                + "' is not on this host; log in there, or forward the port to loopback");
                    }
                    return address;
                }
            } catch (NumberFormatException e) {
                throw CommandFailure.usage("--address '" + text + "' is not HOST:PORT, for instance 127.0.0.1:7071");
            } catch (IllegalArgumentException e) {
                throw CommandFailure.usage("--address '" + text + "': " + e.getMessage());
            }
            throw CommandFailure.usage("--address '" + text + "' is not HOST:PORT, for instance 127.0.0.1:7071");
        }
    }
}
