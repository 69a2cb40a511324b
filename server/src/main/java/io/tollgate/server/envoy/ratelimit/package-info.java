/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
/**
 * Envoy's rate limit service: descriptors become questions of DecisionService, the answers become statuses. Runs on the event loops of the
 * decision listeners, owns no thread; what is shared between them is counted in atomics.
 */
@NullMarked
package io.tollgate.server.envoy.ratelimit;

import org.jspecify.annotations.NullMarked;
