/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import io.tollgate.core.ScopeLevel;
import io.tollgate.core.symbol.Utf8Hash;
import org.agrona.concurrent.UnsafeBuffer;

/** How rows are found: hashes of their keys and paths, and the comparison that settles it. */
final class RowKeys {
    private static final int DEPARTMENT = ScopeLevel.DEPARTMENT.code();
    private static final int PRINCIPAL = ScopeLevel.PRINCIPAL.code();
    /** Row references have 35 bits, and the hash takes 8 more for the level. */
    private static final int ACTOR_TYPE_SHIFT = 36;

    private RowKeys() {}

    /**
     * {@return within what a key is unique, as one number: departments and projects within their organization, principals within their
     * organization and actor type, all others within the world}
     */
    static long qualifier(final int levelCode, final long organizationRow, final int actorTypeId) {
        if (levelCode < DEPARTMENT || levelCode > PRINCIPAL) {
            return 0;
        }
        return levelCode == PRINCIPAL ? organizationRow | actorTypeId + 1L << ACTOR_TYPE_SHIFT : organizationRow;
    }

    /** {@return the hash under which a row is indexed by key} */
    static long hash(final int levelCode, final long qualifier, final long nameHash) {
        return Utf8Hash.combine(nameHash, qualifier << Byte.SIZE | levelCode);
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
