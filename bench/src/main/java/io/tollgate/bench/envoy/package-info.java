/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
/**
 * Load through a real Envoy, with and without a gate: what authorization adds to a request. One event loop sends and receives; Envoy, the
 * gate and the control plane are processes of their own, on this host only.
 */
@NullMarked
package io.tollgate.bench.envoy;

import org.jspecify.annotations.NullMarked;
