/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decisionlog;

import io.tollgate.v1.TailDecisionsResponse;
import java.util.ArrayList;
import java.util.List;

/** A reader that reads when it is told to. */
final class Pipe implements FollowerPipe {
    final List<TailDecisionsResponse> sent = new ArrayList<>();
    boolean ready = true;
    boolean gone;
    boolean ended;

    @Override
    public boolean isReady() {
        return ready;
    }

    @Override
    public boolean isGone() {
        return gone;
    }

    @Override
    public void send(final TailDecisionsResponse message) {
        sent.add(message);
    }

    @Override
    public void end() {
        ended = true;
    }
}
