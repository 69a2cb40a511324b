/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.load;

import java.util.logging.Level;
import java.util.logging.Logger;

/** gRPC sets a TCP option on Unix sockets too, and Netty warns about it at every connection. */
public final class NettyNoise {
    /** Held, so that the level stays. */
    private static final Logger OPTIONS = Logger.getLogger("io.grpc.netty.shaded.io.netty.bootstrap");

    private NettyNoise() {}

    public static void silence() {
        OPTIONS.setLevel(Level.SEVERE);
    }
}
