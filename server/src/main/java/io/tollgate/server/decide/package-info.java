/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */

/**
 * The way of a request: listeners, event loops, the edge between gRPC and the engine.
 *
 * <p>Owns the event-loop threads {@code tollgate-io-N}. Everything that a decision touches hangs on its thread's
 * {@code Lane} and is touched by no other thread, except the counters, which have one writer and any number of
 * readers. Nothing here may block.
 */
@NullMarked
package io.tollgate.server.decide;

import org.jspecify.annotations.NullMarked;
