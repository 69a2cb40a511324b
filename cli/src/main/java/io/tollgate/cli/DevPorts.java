/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where {@code tollgate dev} listens: a base and what lies above it, each of them changeable. */
final class DevPorts {
    private static final int MAX_PORT = 65_535;
    private static final int CONTROL_OFFSET = 10;

    @Option(
            names = "--port-base",
            paramLabel = "PORT",
            defaultValue = "7070",
            description =
                    "Decisions here, admin +1, HTTP +2, control plane +10, its health +11; 0 takes any free ports."
                            + " Default ${DEFAULT-VALUE}.")
    int base;

    @Option(names = "--port", paramLabel = "PORT", description = "Port for decisions.")
    @Nullable
    Integer decisions;

    @Option(names = "--admin-port", paramLabel = "PORT", description = "Port for diagnostics.")
    @Nullable
    Integer admin;

    @Option(names = "--http-port", paramLabel = "PORT", description = "Port for health and metrics.")
    @Nullable
    Integer http;

    @Option(names = "--control-port", paramLabel = "PORT", description = "Port of the control plane.")
    @Nullable
    Integer control;

    @Option(names = "--control-http-port", paramLabel = "PORT", description = "Port of the control plane's health.")
    @Nullable
    Integer controlHttp;

    InetSocketAddress decisions() {
        return address(decisions, 0);
    }

    InetSocketAddress admin() {
        return address(admin, 1);
    }

    InetSocketAddress http() {
        return address(http, 2);
    }

    InetSocketAddress control() {
        return address(control, CONTROL_OFFSET);
    }

    InetSocketAddress controlHttp() {
        return address(controlHttp, CONTROL_OFFSET + 1);
    }

    /**
     * Finds out before anything starts whether all ports are free. @throws CommandFailure naming the one that is not
     */
    void check() {
        check(decisions(), "decisions", "--port");
        check(admin(), "admin", "--admin-port");
        check(http(), "HTTP", "--http-port");
        check(control(), "control plane", "--control-port");
        check(controlHttp(), "control plane's health", "--control-http-port");
    }

    private InetSocketAddress address(@Nullable Integer given, int offset) {
        final int port = given != null ? given : base == 0 ? 0 : base + offset;
        if (port < 0 || port > MAX_PORT) {
            throw CommandFailure.usage("port " + port + " does not exist; ports are 1 to 65535, 0 for any free one");
        }
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private static void check(InetSocketAddress address, String name, String option) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(address);
        } catch (IOException e) {
            throw CommandFailure.usage("port " + address.getPort() + " (" + name + ") is taken: " + e.getMessage()
                    + "\nIs another tollgate running? Give others with --port-base, or " + option + " alone.");
        }
    }
}
