/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */

/**
 * What a world is built from: plain records that mirror the portable snapshot records, so that decision-core knows no wire format. No
 * logic beyond copying lists; checks are made where the definitions are compiled. Immutable, safe for any thread.
 */
@NullMarked
package io.tollgate.core.world.def;

import org.jspecify.annotations.NullMarked;
