/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.tollgate.v1.AdministrationServiceGrpc;
import io.tollgate.v1.AdministrationServiceGrpc.AdministrationServiceBlockingStub;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A control plane, for what operators ask it. */
final class ControlPlaneAddress {
    private static final int MAX_ANSWER_BYTES = 64 << 20;

    @Spec(Spec.Target.MIXEE)
    CommandSpec spec;

    @Option(
            names = "--address",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:7080",
            description = "The control plane; default ${DEFAULT-VALUE}. Plain text on this host, TLS to others.")
    String address;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description = "Whom to trust when talking TLS, PEM; default: what Java trusts.")
    @Nullable
    Path caFile;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "15s",
            converter = TimeSpan.class,
            description = "How long to wait for the answer; default ${DEFAULT-VALUE}.")
    Duration timeout;

    /** Asks, once or several times. @throws CommandFailure with the exit code for it if there is no answer */
    <T> T ask(Function<AdministrationServiceBlockingStub, T> question) {
        final ManagedChannel channel = channel();
        try {
            return question.apply(AdministrationServiceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS));
        } catch (StatusRuntimeException e) {
            throw failure(e.getStatus());
        } finally {
            channel.shutdownNow();
        }
    }

    private ManagedChannel channel() {
        final int colon = address.lastIndexOf(':');
        if (colon < 1) {
            throw CommandFailure.usage("--address '" + address + "' is not HOST:PORT, for instance 127.0.0.1:7080");
        }
        try {
            return Grpc.newChannelBuilder(address, credentials(address.substring(0, colon)))
                    .proxyDetector(target -> null)
                    .disableServiceConfigLookUp()
                    .disableRetry()
                    .maxInboundMessageSize(MAX_ANSWER_BYTES)
                    .directExecutor()
                    .build();
        } catch (IOException e) {
            throw CommandFailure.usage("--ca " + caFile + " cannot be read: " + e.getMessage());
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage("--address '" + address + "': " + e.getMessage());
        }
    }

    private ChannelCredentials credentials(String host) throws IOException {
        final Path trusted = caFile;
        if (trusted != null) {
            return TlsChannelCredentials.newBuilder()
                    .trustManager(Session.of(spec).resolve(trusted).toFile())
                    .build();
        }
        return isHere(host) ? InsecureChannelCredentials.create() : TlsChannelCredentials.create();
    }

    private static boolean isHere(String host) {
        try {
            final String bare =
                    host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
            return InetAddress.getByName(bare).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private CommandFailure failure(Status status) {
        return switch (status.getCode()) {
            case UNAVAILABLE ->
                status.getCause() == null
                        ? CommandFailure.no("the control plane at " + address + ": " + status.getDescription())
                        : CommandFailure.unreachable("no control plane answers at " + address
                                + "; is it running? (--address)\n" + Failures.describe(status));
            case DEADLINE_EXCEEDED ->
                CommandFailure.unreachable("the control plane at " + address + " did not answer within "
                        + timeout.toMillis() + " ms (--timeout)");
            case UNIMPLEMENTED ->
                CommandFailure.unreachable("what listens at " + address
                        + " is not a control plane, by default 127.0.0.1:7080 (a sidecar's own addresses are others)");
            case NOT_FOUND, INVALID_ARGUMENT -> CommandFailure.no(String.valueOf(status.getDescription()));
            default ->
                CommandFailure.unreachable(
                        "the control plane at " + address + " answered " + Failures.describe(status));
        };
    }
}
