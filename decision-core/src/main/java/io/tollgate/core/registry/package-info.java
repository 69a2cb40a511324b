/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */

/**
 * What a request may name, compiled for the decision path: units, dimensions, operations, actor types, features.
 * Everything here is immutable, safe for any thread, and does not allocate when asked.
 */
@NullMarked
package io.tollgate.core.registry;

import org.jspecify.annotations.NullMarked;
