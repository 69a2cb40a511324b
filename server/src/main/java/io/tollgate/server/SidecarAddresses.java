/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a running sidecar answers: real ports, also where port 0 was configured; null = no such listener.
 *
 * @param decisions  DecisionService over TCP
 * @param unixSocket DecisionService over a Unix domain socket
 * @param admin      DiagnosticsService
 * @param http       /healthz, /readyz, /metrics
 */
public record SidecarAddresses(
        @Nullable InetSocketAddress decisions,
        @Nullable Path unixSocket,
        @Nullable InetSocketAddress admin,
        @Nullable InetSocketAddress http) {}
