/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */

/**
 * Pools of what physically exists, as a world has them: which of them may serve a request, and what of them is taken since they were
 * observed.
 *
 * <p>Owner: whoever loads a world makes the tables; immutable then and read by any thread. Counters are cells of {@code core.quota}.
 */
@NullMarked
package io.tollgate.core.capacity;

import org.jspecify.annotations.NullMarked;
