/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

/** A stream that is open on an event loop, and ends when the sidecar leaves. */
interface LaneStream {
    /**
     * Ends it from this side, since the sidecar leaves: at once, or when what it brings has come. On the stream's event loop.
     *
     * @param patienceNs it has to be over by then
     */
    void leave(long patienceNs);
}
