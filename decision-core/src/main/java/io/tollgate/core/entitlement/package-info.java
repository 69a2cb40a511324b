/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */

/**
 * What customers have bought, compiled: (set, feature) to a status and prepared values. Immutable, safe for any thread; nothing allocates
 * when asked.
 */
@NullMarked
package io.tollgate.core.entitlement;

import org.jspecify.annotations.NullMarked;
