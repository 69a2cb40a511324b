/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */

/**
 * What a sidecar is doing, and how the world is told: health services and readiness. No threads of its own; safe for
 * any thread.
 */
@NullMarked
package io.tollgate.server.lifecycle;

import org.jspecify.annotations.NullMarked;
