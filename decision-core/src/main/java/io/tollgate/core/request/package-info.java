/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */

/**
 * What a caller asks, in the form the engine reads: UTF-8 slices in one reused buffer and a few numbers.
 * A request object belongs to one thread.
 */
@NullMarked
package io.tollgate.core.request;

import org.jspecify.annotations.NullMarked;
