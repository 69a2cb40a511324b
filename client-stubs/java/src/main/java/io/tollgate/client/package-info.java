/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
/**
 * The Java client of a Tollgate sidecar: asks, waits no longer than the deadline, and turns everything that is not a
 * real answer into a DENY.
 *
 * <p>Threads: one daemon thread, {@code tollgate-client-io}, owned by the client, reads and writes the one connection
 * and never runs the caller's code unless the caller asks for that. Answers are handed over on the callback executor.
 * May touch: the sidecar's socket and a token file, nothing else.
 */
@NullMarked
package io.tollgate.client;

import org.jspecify.annotations.NullMarked;
