/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.publish;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** The newest snapshots, open for pulls. One thread at a time puts; any thread finds. */
final class SnapshotShelf {
    /** Snapshots that stay available for pulls that have begun. */
    static final int KEPT = 3;

    private final Deque<PublishedSnapshot> kept = new ArrayDeque<>();
    private volatile List<PublishedSnapshot> available = List.of();

    /** Puts the newest one up and lets the oldest go; pulls under way still end well. */
    void put(PublishedSnapshot snapshot) {
        kept.addFirst(snapshot);
        PublishedSnapshot retired = kept.size() > KEPT ? kept.removeLast() : null;
        available = List.copyOf(kept);
        if (retired != null) {
            retired.release();
        }
    }

    /** {@return the newest first} */
    List<PublishedSnapshot> all() {
        return available;
    }

    Optional<PublishedSnapshot> find(long version) {
        return available.stream().filter(s -> s.version() == version).findFirst();
    }

    void clear() {
        available = List.of();
        kept.forEach(PublishedSnapshot::release);
        kept.clear();
    }
}
