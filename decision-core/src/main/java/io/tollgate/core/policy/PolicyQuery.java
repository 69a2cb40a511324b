/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.policy;

import io.tollgate.core.symbol.SymbolTable;

/**
 * Who asks for what, where, as numbers. Scratch of one worker, filled anew for every evaluation; allocates nothing after construction.
 * Symbols are those of {@link PolicyTables}, or of tables that extend them ({@code World.roles()}); a symbol that no rule names, and
 * {@link SymbolTable#MISSING}, match nothing.
 */
public final class PolicyQuery {
    /** Longest chain: one scope of each level. */
    public static final int MAX_CHAIN = 8;

    final int[] chain = new int[MAX_CHAIN];
    final int[] roles;
    final int[] tokenScopes;
    int chainLength;
    int operationId;
    int actorType = SymbolTable.MISSING;
    int actorId = SymbolTable.MISSING;
    int roleCount;
    int tokenScopeCount;
    ConditionInput input = ConditionInput.NONE;

    /**
     * Sets the room.
     *
     * @param maxRoles       most roles of an actor, from the request and the directory together
     * @param maxTokenScopes most token scopes
     */
    public PolicyQuery(final int maxRoles, final int maxTokenScopes) {
        roles = new int[maxRoles];
        tokenScopes = new int[maxTokenScopes];
    }

    /** Forgets everything and names the operation. */
    public PolicyQuery reset(final int operation) {
        operationId = operation;
        chainLength = 0;
        actorType = SymbolTable.MISSING;
        actorId = SymbolTable.MISSING;
        roleCount = 0;
        tokenScopeCount = 0;
        input = ConditionInput.NONE;
        return this;
    }

    /** Adds a scope below those added before; global comes first. */
    public PolicyQuery scope(final int policyId) {
        chain[chainLength++] = policyId;
        return this;
    }

    /** Names the actor: registered type, and symbol of its id in {@link PolicyTables#actorIds()}. */
    public PolicyQuery actor(final int actorTypeId, final int actorIdSymbol) {
        actorType = actorTypeId;
        actorId = actorIdSymbol;
        return this;
    }

    /**
     * Adds a role that the actor holds; one that is held already is not added again.
     *
     * @return whether there was room
     */
    public boolean addRole(final int symbol) {
        if (symbol == SymbolTable.MISSING || contains(roles, roleCount, symbol)) {
            return true;
        }
        if (roleCount == roles.length) {
            return false;
        }
        roles[roleCount++] = symbol;
        return true;
    }

    /**
     * Adds a scope of the caller's token or API key; one that is there already is not added again.
     *
     * @return whether there was room
     */
    public boolean addTokenScope(final int symbol) {
        if (symbol == SymbolTable.MISSING || contains(tokenScopes, tokenScopeCount, symbol)) {
            return true;
        }
        if (tokenScopeCount == tokenScopes.length) {
            return false;
        }
        tokenScopes[tokenScopeCount++] = symbol;
        return true;
    }

    /** Sets what conditions read. */
    public PolicyQuery input(final ConditionInput value) {
        input = value;
        return this;
    }

    boolean holdsRole(final int symbol) {
        return contains(roles, roleCount, symbol);
    }

    boolean hasTokenScope(final int symbol) {
        return contains(tokenScopes, tokenScopeCount, symbol);
    }

    private static boolean contains(final int[] symbols, final int count, final int symbol) {
        for (int i = 0; i < count; i++) {
            if (symbols[i] == symbol) {
                return true;
            }
        }
        return false;
    }
}
