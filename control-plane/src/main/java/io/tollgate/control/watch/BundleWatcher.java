/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.watch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.agrona.concurrent.Agent;
import org.jspecify.annotations.Nullable;

/**
 * Looks at bundles' directories again and again and has them reloaded once an edit has come to rest: two looks in a row must see the same
 * files, other than before. So a file that an editor is still writing is not compiled, and one that is cut in two is not published.
 *
 * <p>It looks rather than listens (no WatchService): looking works alike for editors that rename, for network and container mounts, and for
 * Kubernetes' links, and costs a few file attributes per look. When a look takes long, the pause grows to ten times as long.
 *
 * <p>Belongs to its agent's thread.
 */
public final class BundleWatcher implements Agent {
    private static final int LEAST_PAUSE_PER_LOOK = 10;

    private final List<Watched> watched = new ArrayList<>();
    private final LongSupplier clockNs;
    private final long pauseNs;
    private long nextLookNs;

    /** What a change leads to. Called by the watcher's thread. */
    public interface Reloader {
        /** The sources are as they were when they were read last. */
        void confirmed();

        /**
         * Reads and compiles.
         *
         * @return what publishes the result; run only when the sources did not change meanwhile
         */
        Runnable reload();

        /** The directory cannot be looked at. */
        void unreadable(IOException cause);
    }

    private static final class Watched {
        private final Path dir;
        private final Reloader reloader;
        private @Nullable Fingerprint loaded;
        private @Nullable Fingerprint candidate;

        Watched(Path dir, Reloader reloader) {
            this.dir = dir;
            this.reloader = reloader;
        }
    }

    /**
     * A watcher of nothing yet.
     *
     * @param clockNs monotonic
     * @param pauseNs between two looks
     */
    public BundleWatcher(LongSupplier clockNs, long pauseNs) {
        this.clockNs = clockNs;
        this.pauseNs = pauseNs;
        this.nextLookNs = clockNs.getAsLong();
    }

    /** Loads a bundle for the first time, at once, and watches it from then on. Before the agent starts. */
    public void watch(Path dir, Reloader reloader) {
        Watched added = new Watched(dir, reloader);
        try {
            added.loaded = Fingerprint.of(dir);
        } catch (IOException e) {
            reloader.unreadable(e);
        }
        reloader.reload().run();
        watched.add(added);
    }

    @Override
    public int doWork() {
        long nowNs = clockNs.getAsLong();
        if (nowNs - nextLookNs < 0) {
            return 0;
        }
        int work = 0;
        for (Watched one : watched) {
            work += look(one);
        }
        long endNs = clockNs.getAsLong();
        nextLookNs = endNs + Math.max(pauseNs, work > 0 ? 0 : LEAST_PAUSE_PER_LOOK * (endNs - nowNs));
        return work;
    }

    private static int look(Watched one) {
        try {
            Fingerprint seen = Fingerprint.of(one.dir);
            if (seen.equals(one.loaded)) {
                one.candidate = null;
                one.reloader.confirmed();
                return 0;
            }
            if (!seen.equals(one.candidate)) {
                one.candidate = seen;
                return 0;
            }
            Runnable publish = one.reloader.reload();
            Fingerprint after = Fingerprint.of(one.dir);
            if (!after.equals(seen)) {
                one.candidate = after;
                return 1;
            }
            one.loaded = seen;
            one.candidate = null;
            publish.run();
            return 1;
        } catch (IOException e) {
            one.reloader.unreadable(e);
            return 0;
        }
    }

    @Override
    public String roleName() {
        return "tollgate-control-watch";
    }
}
