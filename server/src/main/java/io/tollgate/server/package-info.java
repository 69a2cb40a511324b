/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */

/**
 * A sidecar from start to end: {@link io.tollgate.server.Sidecar} opens the parts in order, follows readiness and
 * closes them in reverse. Owns the thread {@code tollgate-watch}; everything on the way of a request is in
 * {@code server.decide}.
 */
@NullMarked
package io.tollgate.server;

import org.jspecify.annotations.NullMarked;
