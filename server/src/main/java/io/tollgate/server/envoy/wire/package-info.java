/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
/**
 * Checks read from their bytes, without the trees of generated messages. The generated classes are the judge: what is read here is what
 * they read (tests and a fuzz target compare). Owns no threads; everything here belongs to one event loop.
 */
@NullMarked
package io.tollgate.server.envoy.wire;

import org.jspecify.annotations.NullMarked;
