/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
/**
 * The dry run before activation: the last requests are kept, and a snapshot or delta that is about to be
 * activated is asked them all, beside the one that is live. Requests are kept by the event loops, without a lock;
 * they are asked on the loader's thread, in slices. What an operator allows comes from an admin thread.
 */
@NullMarked
package io.tollgate.server.dryrun;

import org.jspecify.annotations.NullMarked;
