/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.ratelimit;

import io.tollgate.control.source.Position;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A {@code rate_limit} block.
 *
 * @param unit null when unlimited
 * @param name empty when it has none
 * @param replaces names of limits that it takes the place of in the same request
 */
record Terms(Position at, @Nullable Unit unit, long requests, boolean unlimited, String name, List<String> replaces) {}
