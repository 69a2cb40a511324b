/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import io.tollgate.core.symbol.SymbolTable;
import io.tollgate.core.world.def.WindowDef;

/**
 * The small tables that numbers in rows are of, joined to the heap tables. Immutable, safe for any thread.
 *
 * @param tables           the heap tables
 * @param named            as the directory has them
 * @param roles            those of the policies first
 * @param tokenScopes      those of the policies first
 * @param roleSets         members are symbols of roles
 * @param tokenScopeSets   members are symbols of tokenScopes
 * @param windows          by window id
 * @param booksOfCurrencies by currency id: number of the price book, or NONE
 */
@SuppressWarnings("ArrayRecordComponent") // inside this package, never compared
record WorldNames(
        WorldTables tables,
        DirectoryTables named,
        SymbolTable roles,
        SymbolTable tokenScopes,
        IntSets roleSets,
        IntSets tokenScopeSets,
        WindowDef[] windows,
        int[] booksOfCurrencies) {

    static WorldNames of(final WorldTables tables, final DirectoryTables named) {
        final SymbolTable.Builder allRoles =
                new SymbolTable.Builder(tables.policies().roles());
        final int[] roleNumbers = extend(allRoles, named.roles());
        final SymbolTable roles = allRoles.build();
        final SymbolTable.Builder allTokenScopes =
                new SymbolTable.Builder(tables.policies().tokenScopes());
        final int[] tokenScopeNumbers = extend(allTokenScopes, named.tokenScopes());
        final SymbolTable tokenScopes = allTokenScopes.build();
        return new WorldNames(
                tables,
                named,
                roles,
                tokenScopes,
                named.roleSets().mapped(roleNumbers, roles),
                named.tokenScopeSets().mapped(tokenScopeNumbers, tokenScopes),
                named.windows().toArray(new WindowDef[0]),
                books(tables, named));
    }

    /** {@return the tables with other contents; what has not changed is not made again} */
    WorldNames renewed(final WorldTables newTables, final DirectoryTables newNamed) {
        if (newNamed != named || newTables.policies() != tables.policies()) {
            return of(newTables, newNamed);
        }
        final int[] books = newTables.prices() == tables.prices() ? booksOfCurrencies : books(newTables, newNamed);
        return new WorldNames(newTables, named, roles, tokenScopes, roleSets, tokenScopeSets, windows, books);
    }

    private static int[] books(final WorldTables tables, final DirectoryTables named) {
        final int[] books = new int[named.currencies().size()];
        for (int i = 0; i < books.length; i++) {
            books[i] = tables.prices().ofCurrency(named.currencies().name(i));
        }
        return books;
    }

    private static int[] extend(final SymbolTable.Builder symbols, final SymbolTable more) {
        final int[] numbers = new int[more.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = symbols.intern(more.name(i));
        }
        return numbers;
    }
}
