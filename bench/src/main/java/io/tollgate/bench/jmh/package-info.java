/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */

/**
 * JMH benchmarks of a decision in process: {@code bench/run jmh}, or {@code bench/report}. JMH owns the threads; a benchmark that measured
 * anything but what its name says fails when it ends.
 */
@NullMarked
package io.tollgate.bench.jmh;

import org.jspecify.annotations.NullMarked;
