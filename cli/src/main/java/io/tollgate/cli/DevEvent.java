/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import io.tollgate.control.ControlPlaneListener;
import io.tollgate.control.compiler.CompileResult;
import io.tollgate.control.publish.BundleHead;
import io.tollgate.control.publish.Publication;
import io.tollgate.v1.SnapshotStatus;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * What happened to the bundle.
 *
 * @param result null when it did not come to a compilation
 * @param version of the newest snapshot; 0 = nothing
 * @param sequence of the newest change
 * @param text "change 17 (3 records)" or "version 2" when something was published; else what failed, empty = the sources have mistakes
 */
record DevEvent(Kind kind, @Nullable CompileResult result, String bundle, long version, long sequence, String text) {
    enum Kind {
        /** A version that the sidecar pulls. */
        PUBLISHED,
        /** A change that the sidecar applies to what it has. */
        CHANGED,
        UNCHANGED,
        REFUSED,
        FAILED
    }

    /** Puts events into a queue: the control plane's thread must not wait for the console. */
    record Listener(BlockingQueue<DevEvent> events) implements ControlPlaneListener {
        @Override
        public void published(Path dir, Publication publication, CompileResult result) {
            events.add(new DevEvent(
                    publication.isDelta() ? Kind.CHANGED : Kind.PUBLISHED,
                    result,
                    publication.bundle(),
                    publication.version(),
                    publication.sequence(),
                    publication.isDelta() ? publication.text() : "version " + publication.version()));
        }

        @Override
        public void unchanged(Path dir, String bundle, BundleHead head, CompileResult result) {
            events.add(new DevEvent(Kind.UNCHANGED, result, bundle, head.version(), head.sequence(), ""));
        }

        @Override
        public void refused(Path dir, CompileResult result) {
            events.add(new DevEvent(Kind.REFUSED, result, "", 0, 0, ""));
        }

        @Override
        public void failed(Path dir, String message) {
            events.add(new DevEvent(Kind.FAILED, null, "", 0, 0, message));
        }
    }

    /** {@return whether the sidecar enforces what was published} */
    boolean isActiveIn(SnapshotStatus status) {
        return kind == Kind.CHANGED ? status.getDeltaSequence() >= sequence : status.getVersion() >= version;
    }

    /** {@return what is served: "version 2", "change 17", or both when it is from an earlier run} */
    String served() {
        return switch (kind) {
            case PUBLISHED -> "version " + version;
            case CHANGED -> "change " + sequence;
            case UNCHANGED, REFUSED, FAILED -> "version " + version + (sequence == 0 ? "" : ", change " + sequence);
        };
    }
}
