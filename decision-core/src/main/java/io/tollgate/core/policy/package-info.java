/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */

/**
 * Policies, compiled to bit sets, and their evaluation along a chain of scopes (semantics, section 4). Tables are immutable and safe for
 * any thread; queries and matches are scratch of one worker. Evaluating neither locks, allocates nor throws.
 */
@NullMarked
package io.tollgate.core.policy;

import org.jspecify.annotations.NullMarked;
