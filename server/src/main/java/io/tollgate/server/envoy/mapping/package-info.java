/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
/**
 * From an HTTP request, as Envoy describes it, to a question. The mapping is a YAML file that operators write (docs/envoy.md); it is
 * read and
 * checked at start-up. Immutable afterwards, used by all event loops, no threads and no I/O of its own.
 */
@NullMarked
package io.tollgate.server.envoy.mapping;

import org.jspecify.annotations.NullMarked;
