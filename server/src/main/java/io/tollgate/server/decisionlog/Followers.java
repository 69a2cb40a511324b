/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decisionlog;

import io.tollgate.v1.DecisionLogEntry;
import io.tollgate.v1.TailDecisionsRequest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Everybody who follows, and the last entries for those who come. {@link #add} is for any thread, the rest for the log's. */
final class Followers {
    private static final long REMEMBERED_BYTES = 1 << 20;

    private final Queue<Newcomer> coming = new ConcurrentLinkedQueue<>();
    private final List<Follower> followers = new ArrayList<>();
    private final ArrayDeque<DecisionLogEntry> recent = new ArrayDeque<>();
    private long recentBytes;
    private volatile int count;

    private record Newcomer(Follower follower, boolean fromRecent) {}

    void add(final TailDecisionsRequest request, final FollowerPipe pipe) {
        coming.add(new Newcomer(new Follower(new EntryFilter(request), pipe), request.getSinceMs() > 0));
    }

    /** Lets in who came, lets go who left, sends what waits. {@return work done} */
    int turn() {
        int work = 0;
        for (Newcomer one = coming.poll(); one != null; one = coming.poll()) {
            followers.add(one.follower());
            if (one.fromRecent()) {
                recent.forEach(one.follower()::offer);
            }
            work++;
        }
        for (int i = followers.size() - 1; i >= 0; i--) {
            if (followers.get(i).isGone()) {
                followers.remove(i);
            } else {
                work += followers.get(i).flush();
            }
        }
        count = followers.size();
        return work;
    }

    void offer(final DecisionLogEntry entry) {
        for (int i = 0; i < followers.size(); i++) {
            followers.get(i).offer(entry);
        }
        recent.add(entry);
        recentBytes += entry.getSerializedSize();
        while (recentBytes > REMEMBERED_BYTES) {
            recentBytes -= recent.removeFirst().getSerializedSize();
        }
    }

    boolean isWanted() {
        return !followers.isEmpty() || !coming.isEmpty();
    }

    int count() {
        return count;
    }

    void end() {
        turn();
        followers.forEach(Follower::end);
        followers.clear();
        count = 0;
    }
}
