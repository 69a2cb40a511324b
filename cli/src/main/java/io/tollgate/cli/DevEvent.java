/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import io.tollgate.control.ControlPlaneListener;
import io.tollgate.control.compiler.CompileResult;
import io.tollgate.control.publish.PublishedSnapshot;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * What happened to the bundle.
 *
 * @param result null when it did not come to a compilation
 * @param version what is served now; 0 = nothing
 * @param failure empty when it compiled, or has mistakes
 */
record DevEvent(Kind kind, @Nullable CompileResult result, String bundle, long version, String failure) {
    enum Kind {
        PUBLISHED,
        UNCHANGED,
        REFUSED,
        FAILED
    }

    /** Puts events into a queue: the control plane's thread must not wait for the console. */
    record Listener(BlockingQueue<DevEvent> events) implements ControlPlaneListener {
        @Override
        public void published(Path dir, PublishedSnapshot snapshot, CompileResult result) {
            events.add(new DevEvent(Kind.PUBLISHED, result, snapshot.bundle(), snapshot.version(), ""));
        }

        @Override
        public void unchanged(Path dir, PublishedSnapshot snapshot, CompileResult result) {
            events.add(new DevEvent(Kind.UNCHANGED, result, snapshot.bundle(), snapshot.version(), ""));
        }

        @Override
        public void refused(Path dir, CompileResult result) {
            events.add(new DevEvent(Kind.REFUSED, result, "", 0, ""));
        }

        @Override
        public void failed(Path dir, String message) {
            events.add(new DevEvent(Kind.FAILED, null, "", 0, message));
        }
    }
}
