/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import io.tollgate.core.ScopeLevel;
import io.tollgate.core.entitlement.EntitlementTables;
import io.tollgate.core.symbol.SymbolTable;
import io.tollgate.core.symbol.Utf8Hash;
import io.tollgate.core.world.def.DefinitionException;
import io.tollgate.core.world.def.ScopeDef;
import io.tollgate.core.world.def.SubscriptionDef;
import java.io.IOException;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.concurrent.UnsafeBuffer;

/** Lays rows, and what hangs on them, down in memory. What a row refers to was resolved before. One thread. */
final class RowWriter {
    private final WorldTables tables;
    private final DirectoryTables.Builder named;
    private final RowMemory space;
    private final RowCeilings ceilings;
    private final RowAttributes attributes;
    private final RowWallets wallets;

    /**
     * What rows share in one memory, so that equal things are written once: where texts and attributes lie, by hash.
     *
     * @param texts      of ceilings
     * @param attributes of scopes
     */
    record Written(Long2LongHashMap texts, Long2LongHashMap attributes) {
        /** Nothing yet. */
        Written() {
            this(new Long2LongHashMap(World.NO_ROW), new Long2LongHashMap(World.NO_ROW));
        }
    }

    /**
     * What gives ceilings what they need.
     *
     * @param cells their cells
     * @param rates the numbers of their clocks
     * @param above what the rows above define for them
     */
    record Binding(CellBinder cells, RateInliner rates, EachDefinitions above) {}

    /**
     * Writes for one world.
     *
     * @param tables the heap tables that rows refer to
     * @param named  the small tables of the directory; they grow
     * @param space  where to
     */
    RowWriter(
            final WorldTables tables,
            final DirectoryTables.Builder named,
            final RowMemory space,
            final Written written,
            final Binding binding) {
        this.tables = tables;
        this.named = named;
        this.space = space;
        ceilings = new RowCeilings(
                new CeilingPreparer(tables.registry(), named, space, written.texts, binding.rates),
                binding.cells,
                binding.above);
        attributes = new RowAttributes(tables.registry(), space, written.attributes);
        wallets = new RowWallets(named, space, binding.cells);
    }

    /** {@return the hash under which a scope is found} */
    long keyHash(final ScopeDef scope, final byte[] key, final long organizationHash) {
        return RowKeys.hash(scope.level().code(), organizationHash, actorType(scope), Utf8Hash.of(key, 0, key.length));
    }

    /** {@return within what its key is unique} */
    long qualifier(final ScopeDef scope, final long organizationRow) {
        return RowKeys.qualifier(scope.level().code(), organizationRow, actorType(scope));
    }

    /**
     * Writes a row.
     *
     * @param names    its texts
     * @param ancestry rows that it refers to, itself not yet among them
     * @param keyHash  under which it is found
     * @param identity reference that it has; {@link World#NO_ROW} = where it is written
     * @return where it is written
     * @throws DefinitionException when a name does not resolve or a ceiling makes no sense
     * @throws IOException         when there is no room
     */
    long write(
            final ScopeDef scope,
            final RowNames names,
            final Ancestry ancestry,
            final long keyHash,
            final long identity)
            throws IOException {
        ceilings.collect(scope, ancestry);
        final long attributesRef = attributes.write(scope);
        final long walletsRef = wallets.write(scope);
        final int ceilingsAt = RowDescriptor.KEY + (names.key.length + Long.BYTES - 1 & -Long.BYTES);
        final int namesAt = ceilingsAt + ceilings.length();
        final int length = namesAt + names.length();
        final long place = space.allocate(length, RowDescriptor.ALIGNMENT);
        final long row = identity == World.NO_ROW ? place : identity;
        ancestry.nameItself(scope.level(), scope.holdings().subscription() != null, row);
        final UnsafeBuffer buffer = space.buffer(place);
        final int at = World.offset(place);
        buffer.putLong(at + RowDescriptor.HASH, keyHash);
        buffer.putByte(at + RowDescriptor.LEVEL, (byte) scope.level().code());
        buffer.putByte(at + RowDescriptor.STATE, (byte) scope.state().code());
        buffer.putShort(at + RowDescriptor.KEY_LENGTH, (short) names.key.length);
        buffer.putBytes(at + RowDescriptor.KEY, names.key);
        buffer.putLong(at + RowDescriptor.EXPIRES_AT_MS, scope.expiresAtMs());
        ancestry.write(buffer, at);
        buffer.putInt(at + RowDescriptor.ATTRIBUTES, (int) (attributesRef >>> RowDescriptor.UNIT_SHIFT));
        buffer.putInt(at + RowDescriptor.WALLETS, (int) (walletsRef >>> RowDescriptor.UNIT_SHIFT));
        buffer.putInt(
                at + RowDescriptor.WALLET_COUNT, scope.holdings().wallets().size());
        writeTables(scope, buffer, at);
        ceilings.write(buffer, at, row, ceilingsAt, scope.path());
        names.write(buffer, at + namesAt);
        buffer.putInt(at + RowDescriptor.NAMES_OFFSET, namesAt);
        buffer.putInt(at + RowDescriptor.ROW_LENGTH, length);
        return place;
    }

    /** {@return the EACH ceilings that the row written last defines} */
    PreparedCeiling[] defined() {
        return ceilings.defined();
    }

    private void writeTables(final ScopeDef scope, final UnsafeBuffer buffer, final int at) {
        final ScopeDef.Actor actor = scope.actor();
        buffer.putInt(at + RowDescriptor.ROLE_SET, named.roleSet(actor.roles()));
        buffer.putInt(at + RowDescriptor.TOKEN_SCOPE_SET, named.tokenScopeSet(actor.tokenScopes()));
        buffer.putShort(at + RowDescriptor.ACTOR_TYPE, (short) actorType(scope));
        buffer.putInt(at + RowDescriptor.POLICY, tables.policies().findPolicy(scope.path()));
        int entitlementSet = EntitlementTables.NONE;
        final SubscriptionDef subscription = scope.holdings().subscription();
        if (subscription != null) {
            buffer.putByte(at + RowDescriptor.SUBSCRIPTION_STATUS, (byte)
                    subscription.status().code());
            buffer.putLong(at + RowDescriptor.SUBSCRIPTION_ENDS_AT_MS, subscription.endsAtMs());
            if (!subscription.entitlementSetId().isEmpty()) {
                entitlementSet = tables.entitlements().findSet(subscription.entitlementSetId());
                if (entitlementSet == EntitlementTables.NONE) {
                    throw new DefinitionException("scope '" + scope.path() + "': entitlement set '"
                            + subscription.entitlementSetId() + "' is not in the snapshot");
                }
            }
        }
        buffer.putInt(at + RowDescriptor.ENTITLEMENT_SET, entitlementSet);
    }

    private int actorType(final ScopeDef scope) {
        final String name = scope.actor().actorType();
        if (name.isEmpty() && scope.level() != ScopeLevel.PRINCIPAL) {
            return RowDescriptor.NO_ACTOR_TYPE;
        }
        final int type = tables.registry().actorTypes().find(name);
        if (type == SymbolTable.MISSING) {
            throw new DefinitionException(
                    "scope '" + scope.path() + "': actor type '" + name + "' is not registered; the registry has "
                            + tables.registry().definition().actorTypes());
        }
        return type;
    }

    /** {@return what to say of a scope whose key another has} */
    static DefinitionException sameKey(final ScopeDef scope, final String otherPath) {
        return new DefinitionException("scope '" + scope.path() + "': '" + otherPath + "' is the same "
                + (scope.level() == ScopeLevel.API_KEY ? "API key" : scope.level() + " '" + scope.id() + "'")
                + "; requests could not tell them apart, rename one");
    }
}
