/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.explain;

import io.tollgate.core.ScopeLevel;

/**
 * A scope as people write it.
 *
 * @param level its level
 * @param path  "org:acme/project:rag"; "global" for the top
 */
public record ScopeName(ScopeLevel level, String path) {}
