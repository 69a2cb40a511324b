/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import io.tollgate.core.Severity;
import io.tollgate.core.symbol.SymbolTable;
import io.tollgate.core.world.def.Period;
import io.tollgate.core.world.def.ThresholdDef;
import io.tollgate.core.world.def.WindowDef;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The small tables that the rows of one directory refer to by number: roles, token scopes, sets of both, windows, thresholds. Kept in the
 * tables file of the world, big-endian as {@link DataOutputStream} writes; lists are a count of 32 bits and then the elements; texts are
 * a length of 32 bits and UTF-8 bytes.
 * <pre>
 * roles: texts | role sets: lists of numbers | token scopes: texts | token scope sets: lists of numbers
 * windows: period, length ms, anchor ms, zone | threshold sets: lists of (permille, severity) | currencies: texts
 * </pre>
 *
 * @param roles          names that the directory gives
 * @param roleSets       members are symbols of roles
 * @param tokenScopes    names that API keys have
 * @param tokenScopeSets members are symbols of tokenScopes
 * @param windows        by window id
 * @param thresholds     by threshold set id
 * @param currencies     of wallets, by currency id
 */
record DirectoryTables(
        SymbolTable roles,
        IntSets roleSets,
        SymbolTable tokenScopes,
        IntSets tokenScopeSets,
        List<WindowDef> windows,
        ThresholdSets thresholds,
        SymbolTable currencies) {
    /** Collects the tables while rows are written. One thread. */
    static final class Builder {
        private final SymbolTable.Builder roles = new SymbolTable.Builder();
        private final IntSets.Builder roleSets = new IntSets.Builder();
        private final SymbolTable.Builder tokenScopes = new SymbolTable.Builder();
        private final IntSets.Builder tokenScopeSets = new IntSets.Builder();
        private final Map<WindowDef, Integer> windowIds = new HashMap<>();
        private final List<WindowDef> windows = new ArrayList<>();
        private final ThresholdSets.Builder thresholds = new ThresholdSets.Builder();
        private final SymbolTable.Builder currencies = new SymbolTable.Builder();

        /** Starts without a name. */
        Builder() {}

        /** Starts with tables, under the same numbers. */
        Builder(final DirectoryTables from) {
            intern(from.roles, roles);
            intern(from.roleSets, roleSets);
            intern(from.tokenScopes, tokenScopes);
            intern(from.tokenScopeSets, tokenScopeSets);
            from.windows.forEach(this::window);
            for (int set = 0; set < from.thresholds.count(); set++) {
                thresholds.intern(from.thresholds.set(set));
            }
            intern(from.currencies, currencies);
        }

        private static void intern(final SymbolTable from, final SymbolTable.Builder to) {
            for (int i = 0; i < from.size(); i++) {
                to.intern(from.name(i));
            }
        }

        private static void intern(final IntSets from, final IntSets.Builder to) {
            for (int set = 0; set < from.count(); set++) {
                final int[] members = new int[from.size(set)];
                for (int i = 0; i < members.length; i++) {
                    members[i] = from.member(set, i);
                }
                to.intern(members);
            }
        }

        /** {@return these tables if there is nothing else here, or all that is here} */
        DirectoryTables since(final DirectoryTables before) {
            final boolean same = roles.size() == before.roles.size()
                    && roleSets.count() == before.roleSets.count()
                    && tokenScopes.size() == before.tokenScopes.size()
                    && tokenScopeSets.count() == before.tokenScopeSets.count()
                    && windows.size() == before.windows.size()
                    && thresholds.count() == before.thresholds.count()
                    && currencies.size() == before.currencies.size();
            return same ? before : build();
        }

        int roleSet(final List<String> names) {
            return roleSets.intern(symbols(roles, names));
        }

        int tokenScopeSet(final List<String> names) {
            return tokenScopeSets.intern(symbols(tokenScopes, names));
        }

        int window(final WindowDef window) {
            final Integer known = windowIds.putIfAbsent(window, windows.size());
            if (known == null) {
                windows.add(window);
                return windows.size() - 1;
            }
            return known;
        }

        int thresholdSet(final List<ThresholdDef> set) {
            return thresholds.intern(set);
        }

        int currency(final String name) {
            return currencies.intern(name);
        }

        DirectoryTables build() {
            return new DirectoryTables(
                    roles.build(),
                    roleSets.build(),
                    tokenScopes.build(),
                    tokenScopeSets.build(),
                    List.copyOf(windows),
                    thresholds.build(),
                    currencies.build());
        }

        private static int[] symbols(final SymbolTable.Builder table, final List<String> names) {
            final int[] symbols = new int[names.size()];
            for (int i = 0; i < symbols.length; i++) {
                symbols[i] = table.intern(names.get(i));
            }
            return symbols;
        }
    }

    byte[] encode() {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            writeNames(out, roles);
            writeSets(out, roleSets);
            writeNames(out, tokenScopes);
            writeSets(out, tokenScopeSets);
            out.writeInt(windows.size());
            for (final WindowDef window : windows) {
                out.writeInt(window.period().code());
                out.writeLong(window.lengthMs());
                out.writeLong(window.anchorMs());
                writeText(out, window.timeZone());
            }
            out.writeInt(thresholds.count());
            for (int set = 0; set < thresholds.count(); set++) {
                out.writeInt(thresholds.size(set));
                for (int i = 0; i < thresholds.size(set); i++) {
                    out.writeInt(thresholds.atPermille(set, i));
                    out.writeInt(thresholds.severity(set, i).code());
                }
            }
            writeNames(out, currencies);
        } catch (final IOException ex) {
            throw new IllegalStateException("writing to memory failed", ex);
        }
        return bytes.toByteArray();
    }

    static DirectoryTables decode(final DataInputStream in) throws IOException {
        final SymbolTable roles = readNames(in);
        final IntSets roleSets = readSets(in, roles.size());
        final SymbolTable tokenScopes = readNames(in);
        final IntSets tokenScopeSets = readSets(in, tokenScopes.size());
        final List<WindowDef> windows = new ArrayList<>();
        for (int left = count(in); left > 0; left--) {
            final Period period = Period.ofCode(in.readInt());
            if (period == null) {
                throw new IOException("a window has an unknown period");
            }
            windows.add(new WindowDef(period, in.readLong(), in.readLong(), readText(in)));
        }
        final List<List<ThresholdDef>> thresholds = new ArrayList<>();
        for (int left = count(in); left > 0; left--) {
            thresholds.add(readThresholds(in));
        }
        return new DirectoryTables(
                roles, roleSets, tokenScopes, tokenScopeSets, windows, new ThresholdSets(thresholds), readNames(in));
    }

    private static List<ThresholdDef> readThresholds(final DataInputStream in) throws IOException {
        final List<ThresholdDef> set = new ArrayList<>();
        for (int left = count(in); left > 0; left--) {
            final int atPermille = in.readInt();
            final Severity severity = Severity.ofCode(in.readInt());
            if (severity == null) {
                throw new IOException("a threshold has an unknown severity");
            }
            set.add(new ThresholdDef(atPermille, severity));
        }
        return set;
    }

    private static void writeNames(final DataOutputStream out, final SymbolTable names) throws IOException {
        out.writeInt(names.size());
        for (int i = 0; i < names.size(); i++) {
            writeText(out, names.name(i));
        }
    }

    private static SymbolTable readNames(final DataInputStream in) throws IOException {
        final List<String> names = new ArrayList<>();
        for (int left = count(in); left > 0; left--) {
            names.add(readText(in));
        }
        return SymbolTable.of(names);
    }

    private static void writeSets(final DataOutputStream out, final IntSets sets) throws IOException {
        out.writeInt(sets.count());
        for (int set = 0; set < sets.count(); set++) {
            out.writeInt(sets.size(set));
            for (int i = 0; i < sets.size(set); i++) {
                out.writeInt(sets.member(set, i));
            }
        }
    }

    private static IntSets readSets(final DataInputStream in, final int symbols) throws IOException {
        final IntSets.Builder builder = new IntSets.Builder();
        final int sets = count(in);
        for (int set = 0; set < sets; set++) {
            final int[] members = new int[count(in)];
            for (int i = 0; i < members.length; i++) {
                members[i] = in.readInt();
                if (members[i] < 0 || members[i] >= symbols) {
                    throw new IOException("set " + set + " has member " + members[i] + " of " + symbols + " names");
                }
            }
            if (builder.intern(members) != set) {
                throw new IOException("set " + set + " comes twice");
            }
        }
        return builder.build();
    }

    private static void writeText(final DataOutputStream out, final String text) throws IOException {
        final byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(utf8.length);
        out.write(utf8);
    }

    private static String readText(final DataInputStream in) throws IOException {
        final byte[] utf8 = new byte[count(in)];
        in.readFully(utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }

    /** Every element takes a byte at least, so that a damaged count cannot ask for more memory than the file has bytes. */
    private static int count(final DataInputStream in) throws IOException {
        final int count = in.readInt();
        if (count < 0 || count > in.available()) {
            throw new IOException("a list has " + count + " elements in " + in.available() + " bytes");
        }
        return count;
    }
}
