/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */

/**
 * How old the evidence is. Written by the loader's thread, read by every decision without a lock.
 */
@NullMarked
package io.tollgate.core.freshness;

import org.jspecify.annotations.NullMarked;
