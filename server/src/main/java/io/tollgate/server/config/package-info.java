/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */

/**
 * The configuration of a sidecar: the table of its keys, the reader that names every mistake with line and column, the
 * immutable result. No threads of its own; everything that is public here is immutable, except the builder.
 */
@NullMarked
package io.tollgate.server.config;

import org.jspecify.annotations.NullMarked;
