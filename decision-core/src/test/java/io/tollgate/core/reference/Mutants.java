/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.world.def.OverrideDef;
import io.tollgate.core.world.def.WindowDef;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The model with one mistake each: the mistakes that an engine might make. */
final class Mutants {
    private Mutants() {}

    static Map<String, ReferenceRules> all() {
        final Map<String, ReferenceRules> mutants = new LinkedHashMap<>();
        quota(mutants);
        mutants.put("an error in a condition opens an allow", new ReferenceRules() {
            @Override
            boolean opens(final @Nullable Boolean holds) {
                return holds == null || holds;
            }
        });
        mutants.put("a deny keeps what it took before it found no room", new ReferenceRules() {
            @Override
            List<ReferenceTake> takenByDeny(final List<ReferenceTake> planned) {
                return planned;
            }
        });
        creditAndCapacity(mutants);
        reservations(mutants);
        refunds(mutants);
        return mutants;
    }

    private static void refunds(final Map<String, ReferenceRules> mutants) {
        mutants.put("hits come back to the first ceiling only", new ReferenceRules() {
            @Override
            List<ReferenceCeilings.Line> refunded(final List<ReferenceCeilings.Line> applying) {
                return applying.subList(0, Math.min(1, applying.size()));
            }
        });
        mutants.put("more hits come back than are used", new ReferenceRules() {
            @Override
            long usedAfterRefund(final long used, final long amount) {
                return used - amount;
            }
        });
        mutants.put("hits of what a customer has bought come back", new ReferenceRules() {
            @Override
            boolean metered(final List<ReferenceCeilings.Line> applying) {
                return false;
            }
        });
    }

    private static void quota(final Map<String, ReferenceRules> mutants) {
        mutants.put("the last ceiling of the chain is not asked", new ReferenceRules() {
            @Override
            List<ReferenceCeilings.Line> asked(final List<ReferenceCeilings.Line> applying) {
                return applying.subList(0, Math.max(0, applying.size() - 1));
            }
        });
        mutants.put("the first ceiling of the chain is not asked", new ReferenceRules() {
            @Override
            List<ReferenceCeilings.Line> asked(final List<ReferenceCeilings.Line> applying) {
                return applying.subList(Math.min(1, applying.size()), applying.size());
            }
        });
        mutants.put("what a narrower scope lets through lifts the ceiling of a wider one", new ReferenceRules() {
            @Override
            List<ReferenceVerdict> denies(final List<ReferenceVerdict> denying, final List<ReferenceVerdict> all) {
                return denying.stream()
                        .filter(deny -> all.subList(all.indexOf(deny) + 1, all.size()).stream()
                                .noneMatch(narrower -> narrower.fits()
                                        && narrower.line()
                                                .dimension()
                                                .equals(deny.line().dimension())))
                        .toList();
            }
        });
        mutants.put("the limit itself does not fit", new ReferenceRules() {
            @Override
            boolean fits(final BigInteger usedAfter, final long limit) {
                return usedAfter.compareTo(BigInteger.valueOf(limit)) < 0;
            }
        });
        mutants.put("one more than the limit fits", new ReferenceRules() {
            @Override
            boolean fits(final BigInteger usedAfter, final long limit) {
                return usedAfter.compareTo(BigInteger.valueOf(limit).add(BigInteger.ONE)) <= 0;
            }
        });
        mutants.put("a period ends a millisecond late", new ReferenceRules() {
            @Override
            ReferencePeriods period(final WindowDef window, final long nowMs) {
                return super.period(window, nowMs - 1);
            }
        });
        mutants.put("overrides are ignored", new ReferenceRules() {
            @Override
            boolean inForce(final OverrideDef override, final long nowMs) {
                return false;
            }
        });
        mutants.put("an override ends a millisecond late", new ReferenceRules() {
            @Override
            boolean inForce(final OverrideDef override, final long nowMs) {
                return nowMs <= override.expiresAtMs();
            }
        });
        mutants.put("a partial grant ignores the constants", new ReferenceRules() {
            @Override
            long constantOfPartialGrant(final long constant) {
                return 0;
            }
        });
    }

    private static void creditAndCapacity(final Map<String, ReferenceRules> mutants) {
        mutants.put("credit looks at what is active now only", new ReferenceRules() {
            @Override
            BigInteger view(final BigInteger now, final BigInteger atSettlement) {
                return now;
            }
        });
        mutants.put("credit looks at what is valid at settlement only", new ReferenceRules() {
            @Override
            BigInteger view(final BigInteger now, final BigInteger atSettlement) {
                return atSettlement;
            }
        });
        mutants.put("the last tie of tranches is broken the other way round", new ReferenceRules() {
            @Override
            Comparator<ReferenceWallet.Tranche> trancheTie() {
                return super.trancheTie().reversed();
            }
        });
        mutants.put("the shared pool before the own one", new ReferenceRules() {
            @Override
            Comparator<ReferencePool> poolsInTurn(final Comparator<ReferencePool> ownFirst) {
                return ownFirst.reversed();
            }
        });
    }

    private static void reservations(final Map<String, ReferenceRules> mutants) {
        mutants.put("what comes back goes to the period of now", new ReferenceRules() {
            @Override
            ReferenceTake givenBackTo(final ReferenceTake taken, final long nowMs) {
                return taken.kind() == ReferenceTake.Kind.PERIOD && taken.ceiling() != null
                        ? taken.in(period(taken.ceiling().window(), nowMs).startMs())
                        : taken;
            }
        });
        mutants.put("settle and expiry both give back", new ReferenceRules() {
            @Override
            boolean expiresAfterEnd() {
                return true;
            }
        });
        mutants.put("a repeat under the same key charges again", new ReferenceRules() {
            @Override
            boolean chargesRepeats() {
                return true;
            }
        });
        mutants.put("an extension charges the constants again", new ReferenceRules() {
            @Override
            boolean extendChargesConstants() {
                return true;
            }
        });
        mutants.put("a gauge keeps what was used", new ReferenceRules() {
            @Override
            boolean gaugeComesBack() {
                return false;
            }
        });
        mutants.put("what was used and not reserved is charged to nobody", new ReferenceRules() {
            @Override
            boolean chargesUnreserved() {
                return false;
            }
        });
        mutants.put("an atomic batch takes what fits of it", new ReferenceRules() {
            @Override
            boolean atomicTakesPart() {
                return true;
            }
        });
    }
}
