/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
/**
 * Conditions of rules: a typed subset of CEL. A control plane lowers a checked expression to an {@link
 * io.tollgate.core.condition.Expression}
 * and writes it with {@link io.tollgate.core.condition.ConditionEncoder}; whoever builds a world verifies the bytes with
 * {@link io.tollgate.core.condition.ConditionDecoder} and links them ({@link io.tollgate.core.condition.ConditionLinker})
 * to small immutable
 * objects, which any worker evaluates over its own {@link io.tollgate.core.condition.ConditionFrame}. Evaluating takes no lock, allocates
 * nothing, throws nothing and has a static bound.
 */
@NullMarked
package io.tollgate.core.condition;

import org.jspecify.annotations.NullMarked;
