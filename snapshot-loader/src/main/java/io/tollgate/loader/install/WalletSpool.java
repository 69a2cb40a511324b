/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.install;

import com.google.protobuf.InvalidProtocolBufferException;
import io.tollgate.core.symbol.Utf8Hash;
import io.tollgate.loader.transfer.RefusedException;
import io.tollgate.loader.transfer.RefusedException.Check;
import io.tollgate.v1.WalletRecord;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The wallets of a snapshot while its rows are written: they come by id and are asked for by scope. A mapped scratch file, so that a
 * million of them needs no heap; it is gone afterwards.
 *
 * <pre>
 *   0: slots of 8 bytes, a power of two of them, at most half full, probed linearly from the hash of the scope's path:
 *      0 = free, else the position of a record plus 1
 *   then per record, at multiples of 8: hash (8) | length (4) | WalletRecord
 * </pre>
 *
 * Loader's thread only.
 */
final class WalletSpool implements AutoCloseable {
    static final String FILE_NAME = "wallets.tmp";

    private static final int HEAD = 12;
    private static final long LARGEST_FILE = Integer.MAX_VALUE - 8L;

    private final Path file;
    private final MappedByteBuffer mapped;
    private final UnsafeBuffer buffer;
    private final int slots;
    private final int end;
    private int position;
    private long added;
    private long found;

    private WalletSpool(Path file, MappedByteBuffer mapped, int slots) {
        this.file = file;
        this.mapped = mapped;
        this.slots = slots;
        buffer = new UnsafeBuffer(mapped);
        end = buffer.capacity();
        position = slots * Long.BYTES;
    }

    /**
     * Makes room.
     *
     * @param records at most so many
     * @param valueBytes of all of them together, at most
     * @throws IOException when they are more than a file of 2 GiB holds, or the disk does not take it
     */
    static WalletSpool create(Path folder, long records, long valueBytes) throws IOException {
        long slots = Long.highestOneBit(Math.max(1, records)) * 4;
        long length = slots * Long.BYTES + valueBytes + records * (HEAD + Long.BYTES);
        if (records > Integer.MAX_VALUE / 64 || length > LARGEST_FILE) {
            throw new IOException(
                    "the wallets of this snapshot (" + records + ", " + valueBytes + " bytes) are more than fit");
        }
        Path file = folder.resolve(FILE_NAME);
        Files.deleteIfExists(file);
        return new WalletSpool(file, IoUtil.mapNewFile(file.toFile(), length, false), (int) slots);
    }

    /**
     * Takes a record.
     *
     * @throws RefusedException when it does not parse, or its id is not its key
     */
    void add(byte[] key, byte[] value) throws IOException, RefusedException {
        String name = new String(key, StandardCharsets.UTF_8);
        String where = "wallet '" + name + "'";
        WalletRecord record;
        try {
            record = WalletRecord.parseFrom(value);
        } catch (InvalidProtocolBufferException e) {
            throw new RefusedException(Check.CONTENT, where + " does not parse: " + e.getMessage());
        }
        StaticRecords.requireKey(name, record.getId(), where);
        if (value.length > end - position - HEAD) {
            throw new IOException(file + " has no room for " + where + "; it was sized for all wallets");
        }
        long hash = hash(record.getScopePath());
        buffer.putLong(position, hash);
        buffer.putInt(position + Long.BYTES, value.length);
        buffer.putBytes(position + HEAD, value);
        int slot = slot(hash);
        while (buffer.getLong(slot * Long.BYTES) != 0) {
            slot = slot + 1 & slots - 1;
        }
        buffer.putLong(slot * Long.BYTES, position + 1L);
        position = position + HEAD + value.length + Long.BYTES - 1 & -Long.BYTES;
        added++;
    }

    /** {@return the wallets of a scope, in no order; to be asked once for each scope} */
    List<WalletRecord> of(String scopePath) throws IOException {
        if (added == 0) {
            return List.of();
        }
        List<WalletRecord> wallets = new ArrayList<>(0);
        long hash = hash(scopePath);
        int slot = slot(hash);
        for (long at = buffer.getLong(slot * Long.BYTES); at != 0; at = buffer.getLong(slot * Long.BYTES)) {
            int record = (int) (at - 1);
            if (buffer.getLong(record) == hash) {
                WalletRecord wallet = read(record);
                if (wallet.getScopePath().equals(scopePath)) {
                    wallets.add(wallet);
                    found++;
                }
            }
            slot = slot + 1 & slots - 1;
        }
        return wallets;
    }

    /**
     * Checks that every wallet was asked for.
     *
     * @param known whether the directory has a scope
     * @throws RefusedException naming the first whose scope it has not
     */
    void requireScopes(Predicate<String> known) throws IOException, RefusedException {
        if (found == added) {
            return;
        }
        for (int at = slots * Long.BYTES; at < position; ) {
            WalletRecord wallet = read(at);
            if (!known.test(wallet.getScopePath())) {
                throw new RefusedException(
                        Check.CONTENT,
                        "wallet '" + wallet.getId() + "': scope '" + wallet.getScopePath()
                                + "' is not in the directory");
            }
            at = at + HEAD + buffer.getInt(at + Long.BYTES) + Long.BYTES - 1 & -Long.BYTES;
        }
        throw new IllegalStateException(found + " of " + added + " wallets found their scope");
    }

    private WalletRecord read(int at) throws IOException {
        byte[] value = new byte[buffer.getInt(at + Long.BYTES)];
        buffer.getBytes(at + HEAD, value);
        return WalletRecord.parseFrom(value);
    }

    private int slot(long hash) {
        return (int) hash & slots - 1;
    }

    private static long hash(String path) {
        byte[] utf8 = path.getBytes(StandardCharsets.UTF_8);
        return Utf8Hash.of(utf8, 0, utf8.length);
    }

    /** Unmaps and deletes the file. Idempotent. */
    @Override
    public void close() throws IOException {
        IoUtil.unmap(mapped);
        Files.deleteIfExists(file);
    }
}
