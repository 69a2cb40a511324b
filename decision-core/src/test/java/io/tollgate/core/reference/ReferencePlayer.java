/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import java.util.List;

/** Plays a sequence on the model. */
final class ReferencePlayer {
    private final RandomWorld world;
    private final ReferenceEngine engine;

    ReferencePlayer(final RandomWorld world, final ReferenceAssets assets, final ReferenceRules rules) {
        this.world = world;
        engine = new ReferenceEngine(world.reference(world.scopes, assets), rules);
    }

    /** {@return the answer: ReferenceAnswer, a list of them, an Ending, or "" where nothing is answered} */
    Object play(final ReferenceCall.Step step) {
        engine.advance(step.nowNs());
        final ReferenceCall call = step.call();
        if (call instanceof ReferenceCall.Decide decide) {
            return known(engine.decide(decide.request(), step.name(), step.nowNs(), step.agesMs()));
        } else if (call instanceof ReferenceCall.Refund refund) {
            return engine.refund(refund.request(), step.nowNs(), step.agesMs());
        } else if (call instanceof ReferenceCall.Batch batch) {
            return engine.batch(batch.mode(), batch.requests(), step.name(), step.nowNs(), step.agesMs());
        } else if (call instanceof ReferenceCall.Extend extend) {
            return known(
                    engine.extend(extend.reservation(), extend.added(), extend.options(), step.nowNs(), step.agesMs()));
        } else if (call instanceof ReferenceCall.Settle settle) {
            return engine.settle(settle.reservation(), settle.actual(), step.nowNs());
        } else if (call instanceof ReferenceCall.Release release) {
            return engine.release(release.reservation(), step.nowNs());
        } else if (call instanceof ReferenceCall.Activate activate) {
            engine.activate(world.reference(activate.scopes(), activate.assets()));
        }
        return List.of();
    }

    /** Of an answer that is given again the engine knows the essence, the rest lies with its caller. */
    private ReferenceAnswer known(final ReferenceAnswer answer) {
        return engine.repeated() ? answer.essence() : answer;
    }

    void advance(final long nowNs) {
        engine.advance(nowNs);
    }

    boolean knows(final String reservation) {
        return engine.knows(reservation);
    }
}
