/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
/** Runs the tests that a bundle brings along, in a lab, and reports on them. One thread; no state between runs. */
@NullMarked
package io.tollgate.cli.suite;

import org.jspecify.annotations.NullMarked;
