/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */

/**
 * From an entry of Envoy's access log to how the reservation of that request ends. Nothing here has a thread, a clock or a connection: the
 * event loops of {@code server.decide} call it.
 */
@NullMarked
package io.tollgate.server.envoy.settle;

import org.jspecify.annotations.NullMarked;
