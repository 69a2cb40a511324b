/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */

/**
 * The sample organisation's shape at any size, from a seed: the same numbers give the same data, byte for byte. Data is handed out one
 * record at a time, so ten million principals need no memory. Immutable, safe for any thread, except what says otherwise.
 */
@NullMarked
package io.tollgate.examples.generator;

import org.jspecify.annotations.NullMarked;
