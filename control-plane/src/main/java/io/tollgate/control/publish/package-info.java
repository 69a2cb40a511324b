/**
 * The portable snapshot: writes it to a file (streaming), reads it back, keeps versions growing across restarts.
 *
 * <p>No threads of its own. Writes only below the path or state directory that it is given.
 */
@NullMarked
package io.tollgate.control.publish;

import org.jspecify.annotations.NullMarked;
