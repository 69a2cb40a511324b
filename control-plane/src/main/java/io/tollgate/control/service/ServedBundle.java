/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.service;

import io.tollgate.control.publish.BundleHead;
import io.tollgate.control.publish.PublishedSnapshot;
import io.tollgate.v1.BundleStatus;
import io.tollgate.v1.PlaneSourceAge;
import io.tollgate.v1.SignedDelta;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** A bundle as the services see it. Any thread. */
public interface ServedBundle {
    /** {@return the bundle's id; empty while it has never compiled} */
    String id();

    /** {@return what is published, or empty when nothing ever was} */
    Optional<BundleHead> head();

    /**
     * {@return a snapshot by version; empty when it is not kept}
     *
     * @param version 0 = the newest
     */
    Optional<PublishedSnapshot> find(long version);

    /** {@return the snapshots that can be pulled, newest first} */
    List<PublishedSnapshot> available();

    /** {@return the sequence from which on every delta up to the newest can be had} */
    long oldestSequence();

    /**
     * Reads deltas in order.
     *
     * @param after the sequence before the first wanted
     * @param maxBytes the answer stays below, unless it is a single delta
     * @throws IOException when they are not kept any more, or cannot be read
     */
    List<SignedDelta> deltas(long after, long maxBytes) throws IOException;

    /**
     * Somebody needs a snapshot with the newest changes.
     *
     * @param isWaiting it should be made now, whatever it costs; else as soon as that is cheap
     */
    void wantSnapshot(boolean isWaiting);

    /** {@return how old each plane's evidence already is here} */
    List<PlaneSourceAge> sourceAges();

    /** {@return what operators see} */
    BundleStatus status();
}
