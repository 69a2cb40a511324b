/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */

/**
 * Who signs what is published: keys from files or the environment, never from flags, and the signatures made with them. Immutable after
 * loading; any thread. Reads key files, writes only what {@code tollgate keys generate} asks for.
 */
@NullMarked
package io.tollgate.control.signing;

import org.jspecify.annotations.NullMarked;
