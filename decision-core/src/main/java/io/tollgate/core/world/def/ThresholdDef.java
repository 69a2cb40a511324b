/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world.def;

import io.tollgate.core.Severity;

/**
 * When to warn before a ceiling is reached.
 *
 * @param atPermille parts per thousand of the limit
 * @param severity   how loud
 */
public record ThresholdDef(int atPermille, Severity severity) {}
