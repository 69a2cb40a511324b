/**
 * Turns checked source values into the records of a snapshot: resolves names, checks what the parts mean together, expands prefixes.
 * Deterministic: the same sources give the same records; the clock only decides about warnings.
 *
 * <p>No threads, no state beyond one compilation, no I/O beyond reading the bundle's directory.
 */
@NullMarked
package io.tollgate.control.compiler;

import org.jspecify.annotations.NullMarked;
