/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
/**
 * Reads the files of a bundle: bytes to YAML nodes to checked values, every mistake with file, line and column. Knows what the files look
 * like ({@link io.tollgate.control.source.BundleShapes}) and nothing of what they mean: that is the compiler's.
 *
 * <p>No threads and no state of its own; reads the bundle's directory and nothing else.
 */
@NullMarked
package io.tollgate.control.source;

import org.jspecify.annotations.NullMarked;
