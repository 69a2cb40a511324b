/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
/**
 * How old each plane's evidence is, and what the wall clock does meanwhile.
 *
 * <p>Written by the loader's thread only; decision threads read ages without locks.
 */
@NullMarked
package io.tollgate.loader.freshness;

import org.jspecify.annotations.NullMarked;
