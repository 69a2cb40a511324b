/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */

/** What several tests need: a tiny world, a clock that a test owns. */
@NullMarked
package io.tollgate.server.support;

import org.jspecify.annotations.NullMarked;
