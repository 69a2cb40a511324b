/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import io.tollgate.core.ScopeLevel;
import io.tollgate.core.symbol.Utf8Hash;
import org.agrona.concurrent.UnsafeBuffer;

/** How rows are found: hashes of their keys and paths, and the comparison that settles it. */
final class RowKeys {
    private static final int DEPARTMENT = ScopeLevel.DEPARTMENT.code();
    private static final int PRINCIPAL = ScopeLevel.PRINCIPAL.code();

    private RowKeys() {}

    /** {@return the hash of a principal's name: user 'ci' and service 'ci' of one organization are two actors} */
    static long principalName(final long nameHash, final int actorTypeId) {
        return Utf8Hash.combine(nameHash, actorTypeId + 1);
    }

    /** {@return the hash under which a row is indexed by key; of a principal nameHash is {@link #principalName}} */
    static long hash(final int levelCode, final long organizationRow, final long nameHash) {
        return Utf8Hash.combine(nameHash, organizationRow << Byte.SIZE | levelCode);
    }

    /** {@return whether a row has this hash, level, organization and key} */
    static boolean isKey(
            final UnsafeBuffer buffer,
            final int row,
            final long hash,
            final int levelCode,
            final long organizationRow,
            final byte[] key,
            final int offset,
            final int length) {
        return buffer.getLong(row + RowDescriptor.HASH) == hash
                && buffer.getByte(row + RowDescriptor.LEVEL) == levelCode
                && (buffer.getShort(row + RowDescriptor.KEY_LENGTH) & 0xFFFF) == length
                && keyOrganization(buffer, row, levelCode) == organizationRow
                && same(buffer, row + RowDescriptor.KEY, key, offset, length);
    }

    /** Global, plans, organizations and API keys are unique in the world; the rest in its organization. */
    static boolean inOrganization(final int levelCode) {
        return levelCode >= DEPARTMENT && levelCode <= PRINCIPAL;
    }

    private static long keyOrganization(final UnsafeBuffer buffer, final int row, final int levelCode) {
        return inOrganization(levelCode)
                ? (buffer.getInt(row + RowDescriptor.ORGANIZATION) & 0xFFFF_FFFFL) << RowDescriptor.UNIT_SHIFT
                : World.NO_ROW;
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
