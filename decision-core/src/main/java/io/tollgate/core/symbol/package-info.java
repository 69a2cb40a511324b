/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */

/**
 * Names as small numbers: hashing of UTF-8 slices and immutable tables that find a slice without making a String.
 * Everything here is immutable after construction, safe for any thread, and does not allocate when asked.
 */
@NullMarked
package io.tollgate.core.symbol;

import org.jspecify.annotations.NullMarked;
