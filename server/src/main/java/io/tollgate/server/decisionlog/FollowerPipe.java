/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decisionlog;

import io.tollgate.v1.TailDecisionsResponse;

/** Where a follower's entries go. Called by the log's thread only. */
public interface FollowerPipe {
    /** {@return whether a message would be sent and not only kept} */
    boolean isReady();

    /** {@return whether the reader has left} */
    boolean isGone();

    /** Sends a message; must not wait and not throw. */
    void send(TailDecisionsResponse message);

    /** The log is closed. */
    void end();
}
