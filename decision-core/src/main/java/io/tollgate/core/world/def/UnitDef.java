/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world.def;

/**
 * A unit of amounts. One of it is {@code factor} of its base unit.
 *
 * @param name        as callers write it
 * @param baseUnitId  position of the base unit in the registry; its own for a base unit
 * @param factor      at least 1; 1 for a base unit
 * @param displayName for people
 */
public record UnitDef(String name, int baseUnitId, long factor, String displayName) {}
