/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
/** What the mapped stores (counters, reservations) have in common as files. Called by the loader's thread. */
@NullMarked
package io.tollgate.core.file;

import org.jspecify.annotations.NullMarked;
