/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
@NullMarked
package io.tollgate.server.decide;

import org.jspecify.annotations.NullMarked;
