/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import io.tollgate.core.ScopeLevel;
import io.tollgate.core.symbol.Utf8Hash;
import org.agrona.concurrent.UnsafeBuffer;

/** How rows are found: hashes of their keys and paths, and the comparison that settles it. */
final class RowKeys {
    private static final int DEPARTMENT = ScopeLevel.DEPARTMENT.code();
    private static final int PRINCIPAL = ScopeLevel.PRINCIPAL.code();
    private static final int ORGANIZATION = ScopeLevel.ORGANIZATION.code();
    /** Row references have 35 bits. */
    private static final int ACTOR_TYPE_SHIFT = 36;

    private RowKeys() {}

    /** {@return whether keys of this level are unique within an organization; the others are unique in the world} */
    static boolean inOrganization(final int levelCode) {
        return levelCode >= DEPARTMENT && levelCode <= PRINCIPAL;
    }

    /**
     * {@return within what a key is unique, as one number: departments and projects within their organization, principals within their
     * organization and actor type, all others within the world}
     */
    static long qualifier(final int levelCode, final long organizationRow, final int actorTypeId) {
        if (!inOrganization(levelCode)) {
            return 0;
        }
        return levelCode == PRINCIPAL ? organizationRow | actorTypeId + 1L << ACTOR_TYPE_SHIFT : organizationRow;
    }

    /** {@return the hash of an organization, under which it is indexed, and which goes into the hashes of what belongs to it} */
    static long organizationHash(final long nameHash) {
        return hash(ORGANIZATION, 0, 0, nameHash);
    }

    /**
     * {@return the hash under which a row is indexed by key}
     *
     * <p>It is made of names only, not of the organization's row, so that a processor can start to look for project and principal while
     * it still waits for the organization.
     *
     * @param levelCode        of the row
     * @param organizationHash of its organization, 0 = none; ignored where keys are unique in the world
     * @param actorTypeId      of principals; else ignored
     * @param nameHash         of its key
     */
    static long hash(final int levelCode, final long organizationHash, final int actorTypeId, final long nameHash) {
        final long within = inOrganization(levelCode) ? organizationHash : 0;
        final int kind = levelCode == PRINCIPAL ? levelCode + (actorTypeId + 1 << Byte.SIZE) : levelCode;
        return Utf8Hash.combine(within + kind, nameHash);
    }

    /** {@return whether a row has this hash, level, qualifier and key} */
    static boolean isKey(
            final UnsafeBuffer buffer,
            final int row,
            final long hash,
            final int levelCode,
            final long qualifier,
            final byte[] key,
            final int offset,
            final int length) {
        return buffer.getLong(row + RowDescriptor.HASH) == hash
                && buffer.getByte(row + RowDescriptor.LEVEL) == levelCode
                && (buffer.getShort(row + RowDescriptor.KEY_LENGTH) & 0xFFFF) == length
                && qualifier(buffer, row, levelCode) == qualifier
                && same(buffer, row + RowDescriptor.KEY, key, offset, length);
    }

    private static long qualifier(final UnsafeBuffer buffer, final int row, final int levelCode) {
        final long organization =
                (buffer.getInt(row + RowDescriptor.ORGANIZATION) & 0xFFFF_FFFFL) << RowDescriptor.UNIT_SHIFT;
        return qualifier(levelCode, organization, buffer.getShort(row + RowDescriptor.ACTOR_TYPE) & 0xFFFF);
    }

    /** {@return whether a row has this path} */
    static boolean isPath(final UnsafeBuffer buffer, final int row, final byte[] path) {
        final int names = row + buffer.getInt(row + RowDescriptor.NAMES_OFFSET);
        return (buffer.getShort(names + RowDescriptor.NAME_PATH * Short.BYTES) & 0xFFFF) == path.length
                && same(buffer, names + RowDescriptor.NAME_BYTES, path, 0, path.length);
    }

    /** {@return whether bytes of a row are those of a slice} */
    static boolean same(
            final UnsafeBuffer buffer, final int at, final byte[] bytes, final int offset, final int length) {
        int i = 0;
        for (; i + Long.BYTES <= length; i += Long.BYTES) {
            if (buffer.getLong(at + i) != Utf8Hash.word(bytes, offset + i)) {
                return false;
            }
        }
        for (; i < length; i++) {
            if (buffer.getByte(at + i) != bytes[offset + i]) {
                return false;
            }
        }
        return true;
    }
}
