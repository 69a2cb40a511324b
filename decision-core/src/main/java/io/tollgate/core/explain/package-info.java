/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */

/**
 * What an explanation records, and the sentences that people read. Cold: may allocate; used by one thread at a time.
 */
@NullMarked
package io.tollgate.core.explain;

import org.jspecify.annotations.NullMarked;
