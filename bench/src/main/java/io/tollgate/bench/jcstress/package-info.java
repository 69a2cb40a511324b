/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */

/**
 * Concurrency tests for jcstress: {@code bench/run jcstress}. Each says what it guards; an outcome that is not listed is a bug. jcstress
 * owns the threads: two actors at a time, an arbiter after both.
 */
@NullMarked
package io.tollgate.bench.jcstress;

import org.jspecify.annotations.NullMarked;
