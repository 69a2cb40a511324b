/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */

/**
 * What operators and probes ask: DiagnosticsService, health, reflection and channelz on the admin address; /healthz,
 * /readyz and /metrics over HTTP. Owns the threads {@code tollgate-admin-N} and {@code tollgate-http-N}; they may
 * allocate and block, and never touch a lane.
 */
@NullMarked
package io.tollgate.server.admin;

import org.jspecify.annotations.NullMarked;
