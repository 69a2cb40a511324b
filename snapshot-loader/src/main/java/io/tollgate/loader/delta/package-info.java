/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
/**
 * Deltas on top of an installed snapshot: what a delta must prove before it is used, the records that deltas have changed, and the file
 * that they are kept in. Making a world of them is {@code loader.install}'s business.
 *
 * <p>Loader's thread, unless a class says otherwise; {@link io.tollgate.loader.delta.ChangedRecords} is immutable and for any thread.
 */
@NullMarked
package io.tollgate.loader.delta;

import org.jspecify.annotations.NullMarked;
