/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */

/**
 * Generated worlds for benchmarks in process, without protobuf and without a loader; kept on disk between the forks of a benchmark, since
 * the large ones take minutes to build. Whoever opens one owns it.
 */
@NullMarked
package io.tollgate.bench.world;

import org.jspecify.annotations.NullMarked;
