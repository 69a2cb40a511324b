/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.tollgate.core.ScopeLevel;
import io.tollgate.core.attribute.AttributeBlock;
import io.tollgate.core.credit.WalletRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.LongFunction;
import org.agrona.concurrent.UnsafeBuffer;

/** All that a world says of its scopes, in names instead of numbers, so that two worlds can be compared. */
public final class WorldDump {
    private final World world;

    private final LongFunction<String> cells;

    private WorldDump(final World world, final LongFunction<String> cells) {
        this.world = world;
        this.cells = cells;
    }

    /** {@return by path; every row is found again by path and by key} */
    static Map<String, String> of(final World world) {
        return of(world, Long::toString);
    }

    /** {@return by path; cells under the names that a function gives them} */
    public static Map<String, String> of(final World world, final LongFunction<String> cells) {
        final WorldDump dump = new WorldDump(world, cells);
        final Map<String, String> scopes = new TreeMap<>();
        for (int at = 0; at < world.positions(); at++) {
            final long ref = world.rowAt(at);
            if (ref != World.NO_ROW) {
                final ScopeRow row = new ScopeRow().wrap(world, ref);
                assertEquals(ref, row.ref());
                assertEquals(ref, world.findPath(row.path()), row.path());
                dump.checkKey(row);
                assertNull(scopes.put(row.path(), dump.scope(row)), row.path() + " comes twice");
            }
        }
        assertEquals(scopes.size(), world.scopeCount());
        return scopes;
    }

    private void checkKey(final ScopeRow row) {
        final byte[] key = new byte[row.keyLength()];
        row.getKey(key, 0);
        final ScopeLevel level = Objects.requireNonNull(row.level());
        final long organization = level == ScopeLevel.ORGANIZATION ? World.NO_ROW : row.organizationRow();
        final long found = level == ScopeLevel.PRINCIPAL
                ? world.findPrincipal(organization, row.actorTypeId(), key, 0, key.length)
                : world.find(level, organization, key, 0, key.length);
        assertEquals(row.ref(), found, row.path());
    }

    private String scope(final ScopeRow row) {
        final List<String> lines = new ArrayList<>();
        lines.add(
                row.level() + " " + row.active() + " " + row.expiresAtMs() + " " + row.id() + " " + row.displayName());
        lines.add("above " + path(row.parentRow()) + " " + path(row.organizationRow()) + " " + path(row.departmentRow())
                + " " + path(row.projectRow()) + " " + path(row.planRow()) + " " + path(row.customerRow()) + " "
                + path(row.ownerRow()));
        final List<String> roles = new ArrayList<>();
        for (int i = 0; i < world.roleSets().size(row.roleSetId()); i++) {
            roles.add(world.roles().name(world.roleSets().member(row.roleSetId(), i)));
        }
        final List<String> tokenScopes = new ArrayList<>();
        for (int i = 0; i < world.tokenScopeSets().size(row.tokenScopeSetId()); i++) {
            tokenScopes.add(world.tokenScopes().name(world.tokenScopeSets().member(row.tokenScopeSetId(), i)));
        }
        roles.sort(null);
        tokenScopes.sort(null);
        lines.add("roles " + roles + " " + tokenScopes + " type " + row.actorTypeId());
        lines.add("rules " + world.policies().ruleCount(row.policyId()));
        lines.add("subscription " + row.subscriptionStatusCode() + " " + row.subscriptionEndsAtMs() + " "
                + row.subscriptionId() + " " + row.customerExternalId() + " "
                + (row.entitlementSetId() < 0 ? "none" : world.entitlements().setName(row.entitlementSetId())));
        long dimensions = 0;
        final CeilingRow ceiling = new CeilingRow();
        for (int i = 0; i < row.ceilingCount(); i++) {
            if (i == 0) {
                ceiling.first(world, row);
            } else {
                ceiling.next();
            }
            dimensions |= 1L << ceiling.dimensionId();
            lines.add(ceiling(new CeilingRow().wrap(world, ceiling.ref())));
        }
        for (int i = 0; i < Long.SIZE; i++) {
            assertEquals((dimensions & 1L << i) != 0, row.mayLimit(1L << i));
        }
        for (final PreparedCeiling defined : new DefinitionReader(
                        world.registry(), world.names().named(), world.memory().space())
                .read(row)) {
            lines.add("defines " + defined.def() + " " + Arrays.toString(defined.rate()) + " "
                    + Arrays.toString(defined.overriding().rate()) + " at " + defined.definedAtPath());
        }
        if (row.attributesRef() != World.NO_ROW) {
            final UnsafeBuffer buffer = world.attributeBuffer(row.attributesRef());
            final int at = World.attributeOffset(row.attributesRef());
            final byte[] block = new byte[AttributeBlock.length(buffer, at)];
            buffer.getBytes(at, block);
            lines.add("attributes " + Arrays.toString(block));
        }
        wallets(row, lines);
        return String.join("\n", lines);
    }

    private String ceiling(final CeilingRow ceiling) {
        final StringBuilder text = new StringBuilder("ceiling ");
        for (final long epochMs : new long[] {Long.MIN_VALUE, Long.MAX_VALUE}) {
            ceiling.at(epochMs);
            text.append(ceiling.overridden())
                    .append(' ')
                    .append(ceiling.overrideExpiresAtMs())
                    .append(' ')
                    .append(ceiling.unlimited())
                    .append(' ')
                    .append(ceiling.limit())
                    .append(' ')
                    .append(ceiling.burst())
                    .append(' ')
                    .append(ceiling.overrideId(world))
                    .append(' ')
                    .append(ceiling.origin(world))
                    .append(' ')
                    .append(ceiling.source(world))
                    .append(' ');
            for (int i = 0; i < RateInliner.MAX_WORDS && ceiling.burst() > 0; i++) {
                text.append(ceiling.rate(i)).append(' ');
            }
        }
        text.append(ceiling.id(world))
                .append(' ')
                .append(ceiling.dimensionId())
                .append(' ')
                .append(ceiling.kindCode())
                .append(' ')
                .append(ceiling.hard())
                .append(' ')
                .append(ceiling.each())
                .append(' ')
                .append(ceiling.eachLevelCode())
                .append(' ')
                .append(ceiling.windowId() < 0 ? "none" : world.window(ceiling.windowId()))
                .append(' ')
                .append(world.thresholds().set(ceiling.thresholdSetId()))
                .append(" cell ")
                .append(cells.apply(ceiling.cellRef()))
                .append(" of ")
                .append(path(ceiling.definedAtRow()));
        return text.toString();
    }

    private void wallets(final ScopeRow row, final List<String> lines) {
        final WalletRow wallet = new WalletRow();
        for (int i = 0; i < row.walletCount(); i++) {
            if (i == 0) {
                world.wallet(row.walletsRef(), wallet);
            } else {
                wallet.next();
            }
            final StringBuilder text = new StringBuilder("wallet " + wallet.id() + " " + wallet.type() + " "
                    + wallet.status() + " " + world.currency(wallet.currencyId()) + " cell "
                    + cells.apply(wallet.cellRef()) + " "
                    + wallet.pending() + " " + wallet.balanceAt(0) + " book "
                    + world.bookOfCurrency(wallet.currencyId()));
            for (int t = 0; t < wallet.trancheCount(); t++) {
                text.append(' ').append(wallet.trancheId(t)).append('=').append(wallet.remaining(t));
            }
            lines.add(text.toString());
        }
    }

    private String path(final long row) {
        return row == World.NO_ROW ? "-" : new ScopeRow().wrap(world, row).path();
    }
}
