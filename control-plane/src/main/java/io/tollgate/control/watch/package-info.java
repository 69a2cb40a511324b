/**
 * Notices edits of bundles. One agent on one thread of its own; reads file attributes only.
 */
@NullMarked
package io.tollgate.control.watch;

import org.jspecify.annotations.NullMarked;
