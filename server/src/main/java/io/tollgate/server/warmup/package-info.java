/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */

/**
 * The warm-up: synthetic questions over real gRPC to listeners of its own, which take nothing and count nowhere, so
 * that the first real callers meet compiled code. Owns its threads ({@code tollgate-warm-up-N},
 * {@code tollgate-warm-up-client-N}) while it runs.
 */
@NullMarked
package io.tollgate.server.warmup;

import org.jspecify.annotations.NullMarked;
