/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import io.tollgate.core.world.def.CeilingDef;
import java.io.IOException;

/** Gives every ceiling the cell that it counts in. Called on the loader's thread while a world is written. */
@FunctionalInterface
public interface CellBinder {
    /**
     * {@return the cell of a ceiling; the same for the same arguments}
     *
     * @param scopePath     the scope that counts: for an EACH ceiling the descendant
     * @param definedAtPath the scope that defines it; differs from scopePath only for EACH ceilings. Part of the identity: two scopes
     *                      above may define EACH ceilings of one id
     * @param ceiling       its definition
     * @throws IOException when there is no room for another cell
     */
    long bind(String scopePath, String definedAtPath, CeilingDef ceiling) throws IOException;
}
