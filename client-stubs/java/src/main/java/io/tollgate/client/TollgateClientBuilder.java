/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.client;

import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import org.jspecify.annotations.Nullable;

/** Configures a {@link TollgateClient}. Every setting has a default. Not thread-safe. */
public final class TollgateClientBuilder {
    /** A sidecar on this host answers in well under a millisecond; 50 ms leaves room for a pause on either side. */
    public static final Duration DEFAULT_DEADLINE = Duration.ofMillis(50);

    public static final int DEFAULT_STREAM_WINDOW = 1024;

    private static final Duration MAX_DEADLINE = Duration.ofHours(1);

    private String address = TollgateClient.DEFAULT_ADDRESS;
    private Duration deadline = DEFAULT_DEADLINE;
    private Executor callbackExecutor = ForkJoinPool.commonPool();
    private int streamWindow = DEFAULT_STREAM_WINDOW;
    private final List<ClientInterceptor> interceptors = new ArrayList<>();
    private @Nullable ManagedChannel channel;

    TollgateClientBuilder() {}

    /**
     * {@code host:port} on loopback, or {@code unix:/absolute/path}. Default {@value TollgateClient#DEFAULT_ADDRESS}.
     */
    public TollgateClientBuilder address(String address) {
        this.address = address;
        return this;
    }

    /**
     * How long a decision may take at most, from the call to the answer, connecting included; up to 1 h. Default 50 ms.
     */
    public TollgateClientBuilder deadline(Duration deadline) {
        this.deadline = checkDeadline(deadline);
        return this;
    }

    /**
     * Where the dependents of asynchronous answers run; the common pool by default. {@code Runnable::run} saves a
     * thread hop and runs them on the client's I/O thread: they must then never block, and never call a blocking
     * {@code decide}.
     */
    public TollgateClientBuilder callbackExecutor(Executor executor) {
        this.callbackExecutor = executor;
        return this;
    }

    /** How many requests of one {@link DecisionStream} may be unanswered; 1 to 65536, default 1024. */
    public TollgateClientBuilder streamWindow(int requests) {
        if (requests < 1 || requests > 65_536) {
            throw new IllegalArgumentException("stream window is " + requests + ", it must be 1 to 65536");
        }
        this.streamWindow = requests;
        return this;
    }

    /**
     * Sends the token in this file, read now, as {@code authorization: Bearer}. Not needed for a sidecar on loopback or
     * a socket.
     */
    public TollgateClientBuilder tokenFile(Path file) {
        return interceptor(TokenFile.read(file));
    }

    /** For any other identity or tracing. Applied in the order given. */
    public TollgateClientBuilder interceptor(ClientInterceptor interceptor) {
        interceptors.add(interceptor);
        return this;
    }

    /**
     * Uses this channel (for instance with TLS) instead of opening one. It stays the caller's to close; address is then
     * only a name in messages.
     */
    public TollgateClientBuilder channel(ManagedChannel channel) {
        this.channel = channel;
        return this;
    }

    /**
     * Makes the client and starts to connect in the background; does not wait and does not fail if nobody listens yet.
     *
     * @throws IllegalArgumentException if the address cannot be one of a sidecar
     */
    public TollgateClient build() {
        final Transport transport =
                channel != null ? Transport.borrowed(channel) : Transport.open(SidecarAddress.parse(address));
        return new TollgateClient(
                new Connection(transport, List.copyOf(interceptors), address),
                deadline.toNanos(),
                callbackExecutor,
                streamWindow);
    }

    static Duration checkDeadline(Duration deadline) {
        if (deadline.isNegative() || deadline.isZero() || deadline.compareTo(MAX_DEADLINE) > 0) {
            throw new IllegalArgumentException(
                    "deadline is " + deadline + ", it must be greater than 0 and at most 1 h");
        }
        return deadline;
    }
}
