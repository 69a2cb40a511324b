/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
/** Runs and records the decision vectors; docs/decision-vectors.md describes their format. */
@NullMarked
package io.tollgate.cli.vectors;

import org.jspecify.annotations.NullMarked;
