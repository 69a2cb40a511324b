/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world.def;

/**
 * An attribute that conditions may read.
 *
 * @param name "actor.department_head"
 * @param type its type
 */
public record AttributeDef(String name, AttributeType type) {}
