/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import io.tollgate.core.world.def.CeilingDef;
import io.tollgate.core.world.def.DefinitionException;
import java.io.IOException;

/** Gives every ceiling, and every wallet, the cell that it counts in. Called on the loader's thread while a world is written. */
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

    /**
     * {@return the cell of a wallet: a gauge of money; the same for the same arguments}
     *
     * @param scopePath the scope that pays
     * @param walletId  its id
     * @param currency  what it counts in
     * @throws IOException         when there is no room for another cell
     * @throws DefinitionException when wallets cannot be counted here
     */
    default long bindWallet(final String scopePath, final String walletId, final String currency) throws IOException {
        throw new DefinitionException(
                "wallet '" + walletId + "' of scope '" + scopePath + "': there are no cells for wallets here");
    }
}
