/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import io.tollgate.core.ScopeLevel;
import io.tollgate.core.credit.WalletRow;
import io.tollgate.core.policy.PolicyTables;
import io.tollgate.core.registry.Registry;
import io.tollgate.core.symbol.Utf8Hash;
import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a world and how they are found: in its files, and in what patches have changed. Immutable once other threads see it; finding
 * neither locks nor allocates, unless a method says that it allocates.
 */
class WorldRows {
    /** In place of a row. */
    public static final long NO_ROW = 0;
    /** Nothing has this name; the same number as {@link #NO_ROW}. */
    public static final long NOT_FOUND = NO_ROW;

    private final UnsafeBuffer[] rows;
    private final RowIndex keys;
    private final RowIndex paths;
    /** What patches changed in the files' rows; null = nothing. */
    private final @Nullable RowOverlay overlay;

    /**
     * The rows of files, and what is different from them.
     *
     * @param memory  the files, and where changed rows lie
     * @param changed all that is different from the files; null = nothing
     */
    WorldRows(final WorldMemory memory, final @Nullable RowOverlay changed) {
        rows = memory.rows();
        keys = memory.directory().keyIndex();
        paths = memory.directory().pathIndex();
        overlay = changed;
    }

    /**
     * {@return the row of a scope, or {@link #NOT_FOUND}}
     *
     * @param level           any but PRINCIPAL, which {@link #findPrincipal} finds
     * @param organizationRow where departments and projects belong; ignored for other levels
     * @param source          what the id is a slice of; of an API key its SHA-256
     * @param offset          where it starts
     * @param length          its bytes
     */
    public long find(
            final ScopeLevel level,
            final long organizationRow,
            final byte[] source,
            final int offset,
            final int length) {
        final boolean qualified = RowKeys.inOrganization(level.code());
        return find(level, organizationRow, qualified ? hashOf(organizationRow) : 0, source, offset, length);
    }

    /**
     * {@return the row of an organization whose hash is known, or {@link #NOT_FOUND}}
     *
     * @param organizationHash {@link #organizationHash} of the slice
     * @param source           what the id is a slice of
     * @param offset           where it starts
     * @param length           its bytes
     */
    public long findOrganization(final long organizationHash, final byte[] source, final int offset, final int length) {
        return find(ScopeLevel.ORGANIZATION.code(), organizationHash, 0, source, offset, length);
    }

    /**
     * {@return the row of a scope whose organization's hash is known, or {@link #NOT_FOUND}}
     *
     * <p>The look-ups of organization, project and principal then do not wait for one another's memory.
     *
     * @param level            any but PRINCIPAL, which {@link #findPrincipal} finds
     * @param organizationRow  where departments and projects belong; ignored for other levels
     * @param organizationHash {@link #organizationHash} of its id
     * @param source           what the id is a slice of
     * @param offset           where it starts
     * @param length           its bytes
     */
    public long find(
            final ScopeLevel level,
            final long organizationRow,
            final long organizationHash,
            final byte[] source,
            final int offset,
            final int length) {
        final int levelCode = level.code();
        return find(
                levelCode,
                RowKeys.hash(levelCode, organizationHash, Registry.MISSING, Utf8Hash.of(source, offset, length)),
                RowKeys.qualifier(levelCode, organizationRow, Registry.MISSING),
                source,
                offset,
                length);
    }

    /**
     * {@return the row of a principal, or {@link #NOT_FOUND}; principals of different types may have the same id}
     *
     * @param organizationRow where it belongs; {@link #NO_ROW} for a principal of no organization
     * @param actorTypeId     its registered type
     * @param source          what the id is a slice of
     * @param offset          where it starts
     * @param length          its bytes
     */
    public long findPrincipal(
            final long organizationRow,
            final int actorTypeId,
            final byte[] source,
            final int offset,
            final int length) {
        final long nameHash = Utf8Hash.of(source, offset, length);
        return findPrincipal(organizationRow, hashOf(organizationRow), actorTypeId, nameHash, source, offset, length);
    }

    /**
     * {@return the row of a principal whose hashes are known, or {@link #NOT_FOUND}}
     *
     * @param organizationRow  where it belongs; {@link #NO_ROW} for a principal of no organization
     * @param organizationHash {@link #organizationHash} of its id; 0 for a principal of no organization
     * @param actorTypeId      its registered type
     * @param nameHash         {@link Utf8Hash#of} of the slice, which serves {@link PolicyTables#actorIds()} too
     * @param source           what the id is a slice of
     * @param offset           where it starts
     * @param length           its bytes
     */
    public long findPrincipal(
            final long organizationRow,
            final long organizationHash,
            final int actorTypeId,
            final long nameHash,
            final byte[] source,
            final int offset,
            final int length) {
        final int levelCode = ScopeLevel.PRINCIPAL.code();
        return find(
                levelCode,
                RowKeys.hash(levelCode, organizationHash, actorTypeId, nameHash),
                RowKeys.qualifier(levelCode, organizationRow, actorTypeId),
                source,
                offset,
                length);
    }

    /**
     * {@return what the look-ups within an organization take as its hash}
     *
     * @param source what the organization's id is a slice of
     * @param offset where it starts
     * @param length its bytes
     */
    public static long organizationHash(final byte[] source, final int offset, final int length) {
        return RowKeys.organizationHash(Utf8Hash.of(source, offset, length));
    }

    private long hashOf(final long organizationRow) {
        return organizationRow == NO_ROW ? 0 : hashAt(locate(organizationRow));
    }

    private long hashAt(final long place) {
        return buffer(place).getLong(offset(place) + RowDescriptor.HASH);
    }

    /** {@return the row that is found by the key of a row: itself, unless another has the same} */
    long find(final ScopeRow row) {
        final byte[] key = new byte[row.keyLength()];
        row.getKey(key, 0);
        final long qualifier = RowKeys.qualifier(row.levelCode(), row.organizationRow(), row.actorTypeId());
        return find(row.levelCode(), row.keyHash(), qualifier, key, 0, key.length);
    }

    /** {@return the row of a key, see {@link RowKeys}, or {@link #NOT_FOUND}} */
    long find(
            final int levelCode,
            final long hash,
            final long qualifier,
            final byte[] source,
            final int offset,
            final int length) {
        final RowOverlay changed = overlay;
        int at = keys.start(hash);
        for (long slot = keys.slot(at); slot != RowIndex.FREE; slot = keys.slot(at)) {
            if (RowIndex.candidate(slot, hash)) {
                final long row = RowIndex.row(slot);
                // a changed row keeps its key, so the files tell; whether it is still there they do not
                if (RowKeys.isKey(buffer(row), offset(row), hash, levelCode, qualifier, source, offset, length)
                        && (changed == null || changed.locate(row) != NO_ROW)) {
                    return row;
                }
            }
            at = keys.next(at);
        }
        return changed == null ? NOT_FOUND : changed.find(levelCode, hash, qualifier, source, offset, length);
    }

    /**
     * {@return the row of a path as people write it, or {@link #NOT_FOUND}; for diagnostics, allocates}
     *
     * @param path "org:acme/project:rag"
     */
    public long findPath(final String path) {
        final byte[] utf8 = path.getBytes(StandardCharsets.UTF_8);
        return findPath(Utf8Hash.of(utf8, 0, utf8.length), utf8);
    }

    private long findPath(final long hash, final byte[] utf8) {
        final RowOverlay changed = overlay;
        final long row = findPathInFiles(hash, utf8);
        if (changed == null || row != NOT_FOUND && changed.locate(row) != NO_ROW) {
            return row;
        }
        return changed.findPath(hash, utf8);
    }

    /** {@return the row that the files have under a path, be it still there or not} */
    long findPathInFiles(final long hash, final byte[] utf8) {
        int at = paths.start(hash);
        for (long slot = paths.slot(at); slot != RowIndex.FREE; slot = paths.slot(at)) {
            final long row = RowIndex.row(slot);
            if (RowIndex.candidate(slot, hash) && RowKeys.isPath(buffer(row), offset(row), utf8)) {
                return row;
            }
            at = paths.next(at);
        }
        return NOT_FOUND;
    }

    /** {@return how many positions rows of the files are spread over; those that patches added come after them} */
    int filePositions() {
        return keys.slots();
    }

    /** {@return how many positions the scopes are spread over, in no order; walk them with {@link #rowAt}} */
    public int positions() {
        return overlay == null ? keys.slots() : keys.slots() + overlay.positions();
    }

    /**
     * {@return the row at a position, or {@link #NO_ROW} when none is there; for warm-up and diagnostics}
     *
     * @param position 0 to positions - 1
     */
    public long rowAt(final int position) {
        final RowOverlay changed = overlay;
        if (changed != null && position >= keys.slots()) {
            return changed.rowAt(position - keys.slots());
        }
        final long slot = keys.slot(position);
        final long row = slot == RowIndex.FREE ? NO_ROW : RowIndex.row(slot);
        return row == NO_ROW || changed == null || changed.locate(row) != NO_ROW ? row : NO_ROW;
    }

    /**
     * {@return the memory of an {@link io.tollgate.core.attribute.AttributeBlock}}
     *
     * @param attributesRef from {@link ScopeRow#attributesRef}, not {@link #NO_ROW}
     */
    public UnsafeBuffer attributeBuffer(final long attributesRef) {
        return buffer(attributesRef);
    }

    /** {@return where in that memory the block starts} */
    public static int attributeOffset(final long attributesRef) {
        return offset(attributesRef);
    }

    /**
     * Moves a view to a wallet. {@return the view}
     *
     * @param walletRef {@link ScopeRow#walletsRef} or {@link WalletRow#ref} of this world
     */
    public WalletRow wallet(final long walletRef, final WalletRow view) {
        return view.wrap(buffer(walletRef), offset(walletRef), walletRef);
    }

    /** {@return where a row lies: what its reference says, unless a patch has changed it; {@link #NO_ROW} when it is gone} */
    long locate(final long row) {
        final RowOverlay changed = overlay;
        return changed == null ? row : changed.locate(row);
    }

    @Nullable
    RowOverlay overlay() {
        return overlay;
    }

    /** {@return the memory that a reference points into} */
    UnsafeBuffer buffer(final long ref) {
        return rows[(int) (ref >>> FileDescriptor.ROWS_FILE_SHIFT)];
    }

    /** {@return where in that memory} */
    static int offset(final long ref) {
        return (int) ref & FileDescriptor.MAX_ROWS_FILE_BYTES - 1;
    }
}
