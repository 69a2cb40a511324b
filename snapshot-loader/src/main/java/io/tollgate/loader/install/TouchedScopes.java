/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.install;

import com.google.protobuf.ByteString;
import io.tollgate.core.credit.WalletRow;
import io.tollgate.core.world.ScopeRow;
import io.tollgate.core.world.World;
import io.tollgate.loader.delta.BaseRecords;
import io.tollgate.loader.delta.DeltaState;
import io.tollgate.loader.delta.RecordKey;
import io.tollgate.loader.transfer.RefusedException;
import io.tollgate.loader.transfer.RefusedException.Check;
import io.tollgate.v1.ScopeRecord;
import io.tollgate.v1.Section;
import io.tollgate.v1.WalletRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The scopes whose rows a set of changed records makes new: those whose own record or wallets have changed.
 * Loader's thread only.
 */
final class TouchedScopes {
    private static final Comparator<ScopeRecord> WIDEST_FIRST = Comparator.comparingInt(
                    (ScopeRecord record) -> record.getScope().getLevelValue())
            .thenComparingLong(record -> depth(record.getScope().getPath()))
            .thenComparing(record -> record.getScope().getPath());

    private final DeltaState before;
    private final DeltaState after;
    private final World from;
    private final BaseRecords base;
    private final List<ScopeRecord> present = new ArrayList<>();
    private final List<String> gone = new ArrayList<>();
    private final Map<String, Set<String>> changedWallets = new HashMap<>();

    TouchedScopes(DeltaState before, DeltaState after, World from, BaseRecords base) {
        this.before = before;
        this.after = after;
        this.from = from;
        this.base = base;
    }

    /**
     * Finds them.
     *
     * @param keys of the records that have changed from before to after
     * @throws RefusedException naming the record that makes no sense
     */
    void collect(Set<RecordKey> keys) throws RefusedException, IOException {
        Map<String, String> because = new LinkedHashMap<>();
        for (RecordKey key : keys) {
            switch (key.section()) {
                case SECTION_DIRECTORY -> because.putIfAbsent(key.name(), "");
                case SECTION_WALLET -> addWallet(key, because);
                default -> {
                    // Not in rows.
                }
            }
        }
        for (Map.Entry<String, String> scope : because.entrySet()) {
            sort(scope.getKey(), scope.getValue());
        }
        present.sort(WIDEST_FIRST);
        gone.sort(Comparator.comparingInt(this::level)
                .thenComparingLong(TouchedScopes::depth)
                .reversed()
                .thenComparing(Comparator.naturalOrder()));
    }

    private void addWallet(RecordKey key, Map<String, String> because) throws RefusedException, IOException {
        String where = "wallet '" + key.name() + "'";
        for (DeltaState state : List.of(before, after)) {
            ByteString value = state.find(key, base);
            if (value != null) {
                WalletRecord record = WalletRecord.parseFrom(value);
                StaticRecords.requireKey(key.name(), record.getId(), where);
                // Its scope may have gone with it; while it stays, its scope must.
                because.merge(record.getScopePath(), state == after ? where : "", (a, b) -> a.isEmpty() ? b : a);
                changedWallets
                        .computeIfAbsent(record.getScopePath(), path -> new LinkedHashSet<>())
                        .add(key.name());
            }
        }
    }

    private void sort(String path, String namedBy) throws RefusedException, IOException {
        ByteString value = after.find(RecordKey.of(Section.SECTION_DIRECTORY, path), base);
        if (value != null) {
            ScopeRecord record = ScopeRecord.parseFrom(value);
            StaticRecords.requireKey(path, record.getScope().getPath(), "directory '" + path + "'");
            present.add(record);
            return;
        }
        if (!namedBy.isEmpty()) {
            throw new RefusedException(Check.CONTENT, namedBy + ": scope '" + path + "' is not in the directory");
        }
        if (from.findPath(path) != World.NOT_FOUND) {
            requireNoWallets(path);
            gone.add(path);
        }
    }

    private void requireNoWallets(String path) throws RefusedException, IOException {
        List<WalletRecord> wallets = walletsOf(path);
        if (!wallets.isEmpty()) {
            throw new RefusedException(
                    Check.CONTENT,
                    "directory '" + path + "' is removed and its wallet '"
                            + wallets.get(0).getId() + "' is not");
        }
    }

    /** {@return scopes to write, widest first} */
    List<ScopeRecord> present() {
        return present;
    }

    /** {@return paths of scopes to remove, deepest first} */
    List<String> gone() {
        return gone;
    }

    /** {@return the wallets of a scope after the changes} */
    List<WalletRecord> walletsOf(String path) throws IOException {
        Set<String> ids = new LinkedHashSet<>(idsInRow(path));
        ids.addAll(changedWallets.getOrDefault(path, Set.of()));
        List<WalletRecord> wallets = new ArrayList<>(ids.size());
        for (String id : ids) {
            @Nullable ByteString value = after.find(RecordKey.of(Section.SECTION_WALLET, id), base);
            if (value != null) {
                WalletRecord record = WalletRecord.parseFrom(value);
                if (record.getScopePath().equals(path)) {
                    wallets.add(record);
                }
            }
        }
        return wallets;
    }

    private int level(String path) {
        return new ScopeRow().wrap(from, from.findPath(path)).levelCode();
    }

    private List<String> idsInRow(String path) {
        long row = from.findPath(path);
        if (row == World.NOT_FOUND) {
            return List.of();
        }
        ScopeRow scope = new ScopeRow().wrap(from, row);
        int count = scope.walletCount();
        if (count == 0) {
            return List.of();
        }
        List<String> ids = new ArrayList<>(count);
        WalletRow wallet = from.wallet(scope.walletsRef(), new WalletRow());
        for (int i = 0; i < count; i++) {
            ids.add(wallet.id());
            if (i + 1 < count) {
                wallet.next();
            }
        }
        return ids;
    }

    private static long depth(String path) {
        return path.chars().filter(c -> c == '/').count();
    }
}
