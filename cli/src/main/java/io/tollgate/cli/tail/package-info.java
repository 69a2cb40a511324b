/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */

/** Entries of the decision log for people and programs: from a sidecar as they come, or from files. One thread. */
@NullMarked
package io.tollgate.cli.tail;

import org.jspecify.annotations.NullMarked;
