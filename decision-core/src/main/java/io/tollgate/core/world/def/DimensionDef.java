/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world.def;

import io.tollgate.core.DimensionKind;

/**
 * Something that is counted.
 *
 * @param name        "llm.tokens"
 * @param family      what it belongs to, for people
 * @param unitId      a base unit
 * @param kind        how it counts
 * @param displayName for people
 */
public record DimensionDef(String name, String family, int unitId, DimensionKind kind, String displayName) {}
