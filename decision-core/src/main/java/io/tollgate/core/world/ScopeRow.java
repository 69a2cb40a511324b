/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import io.tollgate.core.ScopeLevel;
import io.tollgate.core.world.def.EntityState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A view of one scope's row. Reused: {@link #wrap} moves it. Valid while its world is pinned. Belongs to one thread; no accessor of a
 * number allocates. Layout: {@link RowDescriptor}.
 */
public final class ScopeRow {
    private static final UnsafeBuffer NOWHERE = new UnsafeBuffer(new byte[0]);

    /** Where a row names others. */
    private static final int[] FIELDS = {
        RowDescriptor.ORGANIZATION,
        RowDescriptor.DEPARTMENT,
        RowDescriptor.PROJECT,
        RowDescriptor.PLAN,
        RowDescriptor.CUSTOMER,
        RowDescriptor.OWNER,
        RowDescriptor.PARENT
    };

    /** How many rows a row may refer to. */
    static final int REFERENCES = FIELDS.length;

    private UnsafeBuffer buffer = NOWHERE;
    private int offset;
    private long ref;
    /** Where the row lies: elsewhere than its reference says once a patch has changed it. */
    private long place;

    /**
     * Moves the view.
     *
     * @param world a pinned world
     * @param row   a reference that it gave, not {@link World#NO_ROW}
     */
    public ScopeRow wrap(final World world, final long row) {
        return show(world, row);
    }

    ScopeRow show(final WorldRows world, final long row) {
        final long at = world.locate(row);
        return wrap(world.buffer(at), at, row);
    }

    ScopeRow wrap(final UnsafeBuffer memory, final long at, final long row) {
        buffer = memory;
        offset = World.offset(at);
        ref = row;
        place = at;
        return this;
    }

    /** {@return reference of the row} */
    public long ref() {
        return ref;
    }

    /** {@return {@link ScopeLevel#code()}} */
    public int levelCode() {
        return buffer.getByte(offset + RowDescriptor.LEVEL);
    }

    /** {@return its level, or null in a damaged file} */
    public @Nullable ScopeLevel level() {
        return ScopeLevel.ofCode(levelCode());
    }

    /** {@return whether its state lets it act; expiry is {@link #expiredAt}} */
    public boolean active() {
        return buffer.getByte(offset + RowDescriptor.STATE) == EntityState.ACTIVE.code();
    }

    /** {@return milliseconds since 1970; 0 = never} */
    public long expiresAtMs() {
        return buffer.getLong(offset + RowDescriptor.EXPIRES_AT_MS);
    }

    /** {@return whether it has expired} */
    public boolean expiredAt(final long nowMs) {
        final long expiresAtMs = expiresAtMs();
        return expiresAtMs != 0 && nowMs >= expiresAtMs;
    }

    /** {@return the organization it belongs to, itself if it is one, or {@link World#NO_ROW}} */
    public long organizationRow() {
        return referenceAt(RowDescriptor.ORGANIZATION);
    }

    /** {@return the department it belongs to, itself if it is one, or {@link World#NO_ROW}} */
    public long departmentRow() {
        return referenceAt(RowDescriptor.DEPARTMENT);
    }

    /** {@return its project: itself if it is one, of an API key the one it is bound to, or {@link World#NO_ROW}} */
    public long projectRow() {
        return referenceAt(RowDescriptor.PROJECT);
    }

    /** {@return the plan that its organization has subscribed to, itself if it is one, or {@link World#NO_ROW}} */
    public long planRow() {
        return referenceAt(RowDescriptor.PLAN);
    }

    /** {@return nearest scope, itself included, that has a subscription, or {@link World#NO_ROW}} */
    public long customerRow() {
        return referenceAt(RowDescriptor.CUSTOMER);
    }

    /** {@return of an API key the principal who owns it, or {@link World#NO_ROW}} */
    public long ownerRow() {
        return referenceAt(RowDescriptor.OWNER);
    }

    /** {@return the scope above in the directory, or {@link World#NO_ROW} for global} */
    public long parentRow() {
        return referenceAt(RowDescriptor.PARENT);
    }

    /** {@return set of {@link World#roleSets()}} */
    public int roleSetId() {
        return buffer.getInt(offset + RowDescriptor.ROLE_SET);
    }

    /** {@return set of {@link World#tokenScopeSets()}} */
    public int tokenScopeSetId() {
        return buffer.getInt(offset + RowDescriptor.TOKEN_SCOPE_SET);
    }

    /** {@return policy of {@link World#policies()}, -1 = none} */
    public int policyId() {
        return buffer.getInt(offset + RowDescriptor.POLICY);
    }

    /** {@return set of {@link World#entitlements()}, -1 = none; of the customer's row} */
    public int entitlementSetId() {
        return buffer.getInt(offset + RowDescriptor.ENTITLEMENT_SET);
    }

    /** {@return {@link io.tollgate.core.world.def.SubscriptionStatus#code()}, 0 = no subscription; of the customer's row} */
    public int subscriptionStatusCode() {
        return buffer.getByte(offset + RowDescriptor.SUBSCRIPTION_STATUS);
    }

    /** {@return when the subscription ends by itself, milliseconds since 1970, 0 = never; of the customer's row} */
    public long subscriptionEndsAtMs() {
        return buffer.getLong(offset + RowDescriptor.SUBSCRIPTION_ENDS_AT_MS);
    }

    /** {@return registered actor type of a principal, -1 = none} */
    public int actorTypeId() {
        final int type = buffer.getShort(offset + RowDescriptor.ACTOR_TYPE) & 0xFFFF;
        return type == RowDescriptor.NO_ACTOR_TYPE ? -1 : type;
    }

    /** {@return how many ceilings are charged at this scope; walk them with {@link CeilingRow#first}} */
    public int ceilingCount() {
        return buffer.getShort(offset + RowDescriptor.CEILING_COUNT) & 0xFFFF;
    }

    /**
     * {@return whether some ceiling may be on one of these dimensions; false is certain}
     *
     * @param dimensions bit (dimension id mod 64) of each
     */
    public boolean mayLimit(final long dimensions) {
        return (buffer.getLong(offset + RowDescriptor.DIMENSIONS) & dimensions) != 0;
    }

    /** {@return how many EACH ceilings are defined here for descendants; they come after the charged ones} */
    public int eachDefinitionCount() {
        return buffer.getShort(offset + RowDescriptor.DEFINITION_COUNT) & 0xFFFF;
    }

    /** {@return reference of the first ceiling} */
    long ceilingsRef() {
        return place + buffer.getInt(offset + RowDescriptor.CEILINGS_OFFSET);
    }

    /**
     * {@return what the directory says of it, for {@link World#attributeBuffer} and {@link World#attributeOffset}, or
     * {@link World#NO_ROW}}
     */
    public long attributesRef() {
        return referenceAt(RowDescriptor.ATTRIBUTES);
    }

    /** {@return how many wallets the scope has} */
    public int walletCount() {
        return buffer.getInt(offset + RowDescriptor.WALLET_COUNT);
    }

    /** {@return the first wallet, for {@link World#wallet}, or {@link World#NO_ROW}} */
    public long walletsRef() {
        return referenceAt(RowDescriptor.WALLETS);
    }

    /** {@return the memory of the id as UTF-8 (of an API key its SHA-256); {@link #keyLength} bytes from {@link #keyOffset}} */
    public UnsafeBuffer keyBuffer() {
        return buffer;
    }

    /** {@return where in its memory the id starts} */
    public int keyOffset() {
        return offset + RowDescriptor.KEY;
    }

    /** {@return how many other rows of the same files refer to this one; {@link RowDescriptor#MANY_REFERRERS} = that many or more} */
    int referrers() {
        return buffer.getByte(offset + RowDescriptor.REFERRERS) & 0xFF;
    }

    /** Says how many others refer to this row, which is not seen by other threads yet. */
    void referrers(final int count) {
        buffer.putByte(offset + RowDescriptor.REFERRERS, (byte) count);
    }

    /** {@return the same as {@link #reference}, but each other row once: else {@link World#NO_ROW}} */
    long firstReference(final int index) {
        final long other = reference(index);
        boolean known = other == ref;
        for (int i = 0; i < index; i++) {
            known |= reference(i) == other;
        }
        return known ? World.NO_ROW : other;
    }

    /** {@return a row that this one refers to, {@link World#NO_ROW} = none} */
    long reference(final int index) {
        return referenceAt(FIELDS[index]);
    }

    /** {@return whether this row refers to another} */
    boolean refersTo(final long row) {
        for (int i = 0; i < REFERENCES; i++) {
            if (reference(i) == row) {
                return true;
            }
        }
        return false;
    }

    boolean sameKey(final ScopeRow other) {
        final int length = keyLength();
        if (length != other.keyLength()) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (buffer.getByte(keyOffset() + i) != other.buffer.getByte(other.keyOffset() + i)) {
                return false;
            }
        }
        return true;
    }

    /** {@return where a copy of this row lies} */
    long copyTo(final RowMemory memory) throws IOException {
        final int length = buffer.getInt(offset + RowDescriptor.ROW_LENGTH);
        final long copy = memory.allocate(length, RowDescriptor.ALIGNMENT);
        memory.buffer(copy).putBytes(World.offset(copy), buffer, offset, length);
        return copy;
    }

    long keyHash() {
        return buffer.getLong(offset + RowDescriptor.HASH);
    }

    /** {@return its id as callers write it, of an API key its name for people; allocates} */
    public String id() {
        if (levelCode() == ScopeLevel.API_KEY.code()) {
            return name(RowDescriptor.NAME_ID);
        }
        return text(offset + RowDescriptor.KEY, buffer.getShort(offset + RowDescriptor.KEY_LENGTH) & 0xFFFF);
    }

    /** {@return bytes of the id (of an API key its SHA-256); {@link #getKey} copies them} */
    public int keyLength() {
        return buffer.getShort(offset + RowDescriptor.KEY_LENGTH) & 0xFFFF;
    }

    /**
     * Copies the id as UTF-8, without making a String.
     *
     * @param target takes {@link #keyLength()} bytes
     * @param at     where they go
     */
    public void getKey(final byte[] target, final int at) {
        buffer.getBytes(offset + RowDescriptor.KEY, target, at, keyLength());
    }

    /** {@return "org:acme/project:rag"; allocates} */
    public String path() {
        return name(RowDescriptor.NAME_PATH);
    }

    /** {@return name for people; allocates} */
    public String displayName() {
        return name(RowDescriptor.NAME_DISPLAY);
    }

    /** {@return id of the subscription in the billing system, empty = none; allocates} */
    public String subscriptionId() {
        return name(RowDescriptor.NAME_SUBSCRIPTION);
    }

    /** {@return id of the customer in the billing system, empty = none; allocates} */
    public String customerExternalId() {
        return name(RowDescriptor.NAME_CUSTOMER);
    }

    /** {@return bytes of the path; {@link #getPath} copies them} */
    public int pathLength() {
        return nameLength(RowDescriptor.NAME_PATH);
    }

    /**
     * Copies the path as UTF-8, without making a String.
     *
     * @param target takes {@link #pathLength()} bytes
     * @param at     where they go
     */
    public void getPath(final byte[] target, final int at) {
        buffer.getBytes(nameOffset(RowDescriptor.NAME_PATH), target, at, pathLength());
    }

    /** {@return bytes of the customer's id in the billing system; {@link #getCustomerExternalId} copies them} */
    public int customerExternalIdLength() {
        return nameLength(RowDescriptor.NAME_CUSTOMER);
    }

    /**
     * Copies the customer's id in the billing system as UTF-8, without making a String.
     *
     * @param target takes {@link #customerExternalIdLength()} bytes
     * @param at     where they go
     */
    public void getCustomerExternalId(final byte[] target, final int at) {
        buffer.getBytes(nameOffset(RowDescriptor.NAME_CUSTOMER), target, at, customerExternalIdLength());
    }

    private String name(final int name) {
        return text(nameOffset(name), nameLength(name));
    }

    private int nameLength(final int name) {
        return buffer.getShort(names() + name * Short.BYTES) & 0xFFFF;
    }

    private int nameOffset(final int name) {
        int at = names() + RowDescriptor.NAME_BYTES;
        for (int i = 0; i < name; i++) {
            at += nameLength(i);
        }
        return at;
    }

    private int names() {
        return offset + buffer.getInt(offset + RowDescriptor.NAMES_OFFSET);
    }

    private String text(final int at, final int length) {
        final byte[] utf8 = new byte[length];
        buffer.getBytes(at, utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }

    private long referenceAt(final int field) {
        return (buffer.getInt(offset + field) & 0xFFFF_FFFFL) << RowDescriptor.UNIT_SHIFT;
    }
}
