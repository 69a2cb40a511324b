/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.DimensionKind;
import io.tollgate.core.Enforcement;
import io.tollgate.core.ScopeLevel;
import io.tollgate.core.Severity;
import io.tollgate.core.world.def.CeilingDef;
import io.tollgate.core.world.def.OverrideDef;
import io.tollgate.core.world.def.Period;
import io.tollgate.core.world.def.RegistryDef;
import io.tollgate.core.world.def.ThresholdDef;
import io.tollgate.core.world.def.WindowDef;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Ceilings of a {@link RandomWorld}: small limits, so that they are met. */
final class RandomCeilings {
    /** Where time should stop, to look what happens there. */
    final NavigableSet<Long> overrideEndsMs = new TreeSet<>();

    private final Random random;
    private final RegistryDef registry;

    RandomCeilings(final Random random, final RegistryDef registry) {
        this.random = random;
        this.registry = registry;
    }

    List<CeilingDef> ceilings(final String path) {
        final List<CeilingDef> ceilings = new ArrayList<>();
        for (int dimension = 0; dimension < registry.dimensions().size(); dimension++) {
            if (registry.dimensions().get(dimension).kind() == DimensionKind.CAPACITY) {
                continue; // pools limit it
            }
            if (random.nextInt(3) == 0) {
                ceilings.add(ceiling(path, dimension, "c" + dimension, null));
            }
            if (random.nextInt(9) == 0) {
                ceilings.add(ceiling(path, dimension, "d" + dimension, null));
            }
            final ScopeLevel each = eachLevel(path);
            if (each != null && random.nextInt(4) == 0) {
                ceilings.add(ceiling(path, dimension, "e" + dimension, each));
            }
        }
        return ceilings;
    }

    private CeilingDef ceiling(
            final String path, final int dimension, final String id, final @Nullable ScopeLevel each) {
        final DimensionKind kind = registry.dimensions().get(dimension).kind();
        final List<ThresholdDef> thresholds = random.nextBoolean()
                ? List.of(new ThresholdDef(800, Severity.INFO), new ThresholdDef(950, Severity.WARNING))
                : List.of(new ThresholdDef(1000, Severity.CRITICAL));
        final WindowDef window =
                switch (kind) {
                    case RATE -> rateWindow();
                    case GAUGE -> WindowDef.NONE;
                    default -> periodWindow();
                };
        final String origin =
                kind == DimensionKind.PERIOD && id.startsWith("d") ? CeilingDef.ORIGIN_ENTITLEMENT : "limits";
        return drawn(new CeilingDef(
                id, dimension, Enforcement.HARD, each, CeilingDef.Amount.of(0), window, thresholds, origin, path));
    }

    /** {@return as a later snapshot may have them: the same ceilings, here and there with other limits} */
    List<CeilingDef> changed(final List<CeilingDef> ceilings) {
        return ceilings.stream()
                .map(ceiling -> random.nextInt(4) == 0 ? drawn(ceiling) : ceiling)
                .toList();
    }

    /** Limit, enforcement and override of a ceiling. */
    private CeilingDef drawn(final CeilingDef of) {
        final DimensionKind kind = registry.dimensions().get(of.dimensionId()).kind();
        final boolean rate = kind == DimensionKind.RATE;
        final long scale = of.dimensionId() == RandomRegistry.GPU
                ? 3_600_000L
                : of.dimensionId() == RandomRegistry.RPM || kind == DimensionKind.GAUGE ? 1 : 100;
        final CeilingDef plain = new CeilingDef(
                of.id(),
                of.dimensionId(),
                random.nextInt(5) == 0 ? Enforcement.SOFT : Enforcement.HARD,
                of.eachLevel(),
                amount(rate, scale, !rate && random.nextInt(10) == 0),
                of.window(),
                of.thresholds(),
                of.origin(),
                of.source());
        if (random.nextInt(4) > 0) {
            return plain;
        }
        final CeilingDef.Amount instead = amount(rate, scale, random.nextInt(10) == 0);
        return plain.overriddenBy(
                new OverrideDef("o-" + of.id(), instead, overrideEndMs(), of.source() + "#" + of.id()));
    }

    private CeilingDef.Amount amount(final boolean rate, final long step, final boolean unlimited) {
        final long[] limits = {1, 2, 3, 5, 6, 10, 60};
        final long limit = limits[random.nextInt(limits.length)] * step;
        final long burst = rate ? 1 + random.nextInt((int) Math.min(2 * limit, 500)) : 0;
        return new CeilingDef.Amount(unlimited, unlimited ? 0 : limit, unlimited ? 0 : burst);
    }

    /** Before the first call, among them or after the last. */
    private long overrideEndMs() {
        final int spread = random.nextInt(3) > 0 ? 40_000_000 : 2_000_000_000;
        final long endMs = RandomWorld.T0_MS + random.nextInt(spread) - spread / 20;
        overrideEndsMs.add(endMs);
        return endMs;
    }

    private @Nullable ScopeLevel eachLevel(final String path) {
        final ScopeLevel[] below = path.equals("global")
                ? new ScopeLevel[] {ScopeLevel.PLAN, ScopeLevel.ORGANIZATION, ScopeLevel.PROJECT, ScopeLevel.PRINCIPAL}
                : path.startsWith("plan:")
                        ? new ScopeLevel[] {ScopeLevel.ORGANIZATION, ScopeLevel.PRINCIPAL, ScopeLevel.API_KEY}
                        : path.contains("/dept:")
                                ? new ScopeLevel[] {ScopeLevel.PROJECT}
                                : path.contains("/project:")
                                        ? new ScopeLevel[] {ScopeLevel.API_KEY}
                                        : path.contains("/")
                                                ? new ScopeLevel[] {}
                                                : new ScopeLevel[] {
                                                    ScopeLevel.DEPARTMENT,
                                                    ScopeLevel.PROJECT,
                                                    ScopeLevel.PRINCIPAL,
                                                    ScopeLevel.API_KEY
                                                };
        return below.length == 0 ? null : below[random.nextInt(below.length)];
    }

    /** Lengths that every limit above divides: there the engine's clock rounds nothing, see Gcra. */
    private WindowDef rateWindow() {
        return random.nextBoolean()
                ? new WindowDef(Period.MINUTE, 60_000, 0, "")
                : new WindowDef(Period.HOURLY, 3_600_000, 0, "");
    }

    private WindowDef periodWindow() {
        final Period[] periods = {
            Period.HOURLY,
            Period.DAILY,
            Period.WEEKLY,
            Period.MONTHLY,
            Period.QUARTERLY,
            Period.HALF_YEARLY,
            Period.ANNUAL,
            Period.NEVER
        };
        final String[] zones = {"", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"};
        final Period period = random.nextInt(3) == 0 ? Period.HOURLY : periods[random.nextInt(periods.length)];
        final boolean anniversary = period != Period.NEVER && random.nextInt(3) == 0;
        final long anchorMs = anniversary ? 1_769_817_600_000L + random.nextInt(86_400_000) : 0; // 31 January 2026
        return new WindowDef(period, 0, anchorMs, zones[random.nextInt(zones.length)]);
    }
}
