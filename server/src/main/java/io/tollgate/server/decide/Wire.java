/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.tollgate.core.explain.CeilingView;
import io.tollgate.core.explain.CostView;
import io.tollgate.core.explain.PoolView;
import io.tollgate.core.explain.ScopeName;
import io.tollgate.core.world.def.Period;
import io.tollgate.v1.CapacityState;
import io.tollgate.v1.CeilingState;
import io.tollgate.v1.CostEstimate;
import io.tollgate.v1.CostShare;
import io.tollgate.v1.ScopeRef;
import java.util.Locale;

/** The engine's views as messages. */
public final class Wire {
    private Wire() {}

    /** {@return a ceiling and its numbers} */
    public static CeilingState.Builder ceiling(final CeilingView view) {
        final CeilingState.Builder state = CeilingState.newBuilder()
                .setId(view.id())
                .setDimension(view.dimension())
                .setUnit(view.unit())
                .setKindValue(view.kind().code())
                .setEnforcementValue(view.enforcement().code())
                .setScope(scope(view.scope()))
                .setLimit(view.unlimited() ? 0 : view.limit())
                .setUnlimited(view.unlimited())
                .setUsed(view.used())
                .setRemaining(view.remaining())
                .setBurst(view.burst())
                .setPeriodMs(view.periodMs())
                .setPeriod(
                        view.period() == Period.NONE ? "" : view.period().name().toLowerCase(Locale.ROOT))
                .setResetsAtMs(view.resetsAtMs())
                .setRequested(view.requested());
        if (view.overridden()) {
            state.setOrigin(view.origin())
                    .setOverrideId(view.overrideId())
                    .setOverrideExpiresAtMs(view.overrideExpiresAtMs());
        }
        return state;
    }

    /** {@return what something costs and who pays} */
    public static CostEstimate cost(final CostView view) {
        final CostEstimate.Builder cost = CostEstimate.newBuilder()
                .setAmount(view.amount())
                .setScale(view.scale())
                .setCurrency(view.currency())
                .setPriceVersion(view.priceVersion())
                .setPriceBook(view.priceBook())
                .setWalletId(view.walletId())
                .setWalletScope(scope(view.walletScope()))
                .setSpendable(view.spendable());
        for (final CostView.Share share : view.shares()) {
            cost.addShares(
                    CostShare.newBuilder().setTrancheId(share.trancheId()).setAmount(share.amount()));
        }
        return cost.build();
    }

    /** {@return a pool and its numbers} */
    public static CapacityState pool(final PoolView view) {
        return CapacityState.newBuilder()
                .setPoolId(view.id())
                .setDimension(view.dimension())
                .setUnit(view.unit())
                .setOwn(view.own())
                .setAvailable(view.available())
                .setUsed(view.used())
                .setRequested(view.requested())
                .build();
    }

    /** {@return a scope} */
    public static ScopeRef scope(final ScopeName name) {
        return ScopeRef.newBuilder()
                .setLevelValue(name.level().code())
                .setPath(name.path())
                .build();
    }
}
