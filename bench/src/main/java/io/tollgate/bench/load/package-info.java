/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */

/**
 * Load over gRPC: one program that sends decisions in a closed or an open loop and reports latency, outcomes and the server's processor
 * time; a server that answers nothing but a ready-made decision; and a runner that measures the two side by side.
 *
 * <p>Each connection is a lane that belongs to one event loop; the pacer of an open loop is the calling thread. Loopback and Unix sockets
 * only. Nothing here touches the decision path.
 */
@NullMarked
package io.tollgate.bench.load;

import org.jspecify.annotations.NullMarked;
