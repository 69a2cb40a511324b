/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */

/** Turns the results of benchmarks into tables for docs/performance.md, beside the machine they came from. One thread. */
@NullMarked
package io.tollgate.bench.report;

import org.jspecify.annotations.NullMarked;
