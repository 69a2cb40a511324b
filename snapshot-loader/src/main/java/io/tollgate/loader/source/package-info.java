/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */

/**
 * Snapshots from a file or an HTTPS address, in place of a control plane: a client of its protocol that answers heartbeats
 * and pulls from a snapshot file (.tgs) and the freshness statement beside it. Nothing here is trusted: manifest, chunks
 * and statement are checked by whoever checks what a control plane sends. Owns threads named tollgate-source; reads, never
 * writes.
 */
@NullMarked
package io.tollgate.loader.source;

import org.jspecify.annotations.NullMarked;
