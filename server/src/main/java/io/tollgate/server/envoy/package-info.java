/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
/**
 * Envoy's side: ext_authz, and what follows from it. A Check becomes a question of DecisionService and goes the same way; the answer
 * becomes
 * an HTTP response. Runs on the event loops of the decision listeners, owns no thread.
 */
@NullMarked
package io.tollgate.server.envoy;

import org.jspecify.annotations.NullMarked;
