/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */

/**
 * The decision itself: {@link io.tollgate.core.engine.DecisionWorker} runs the stages in the order of the semantics page,
 * one class per stage. A worker and its scratch objects belong to one thread;
 * nothing here locks, blocks, throws or (without an explanation) allocates.
 */
@NullMarked
package io.tollgate.core.engine;

import org.jspecify.annotations.NullMarked;
