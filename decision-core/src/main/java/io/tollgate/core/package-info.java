/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */

/**
 * The decision engine: one request in, one answer out, in the order of the semantics page. No I/O, no locks, no clock of its own.
 * A {@link io.tollgate.core.DecisionWorker} belongs to one thread; everything else here is immutable or lock-free.
 */
@NullMarked
package io.tollgate.core;

import org.jspecify.annotations.NullMarked;
