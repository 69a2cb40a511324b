/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.rig;

import io.tollgate.examples.generator.GeneratedBundle;
import io.tollgate.examples.generator.GeneratedShape;
import io.tollgate.examples.generator.GeneratedSnapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A control plane with a generated world and a sidecar of it, as processes of their own.
 *
 * @param controlPlane the control plane
 * @param sidecar      listens on any TCP port (fact "tcp") and on the socket "s" in the folder
 */
public record GeneratedSite(ChildProcess controlPlane, ChildProcess sidecar) implements AutoCloseable {
    private static final List<String> HEAP = List.of("-Xmx256m", "-Xms256m");

    /**
     * Starts both.
     *
     * @param work     folder for their files and logs
     * @param settings more of the sidecar's configuration, "key=value"
     * @throws IOException when one does not come up; the message has the end of its log
     */
    public static GeneratedSite start(final Path work, final GeneratedShape shape, final List<String> settings)
            throws IOException, InterruptedException {
        final Path snapshot = work.resolve("snapshot.tgs");
        GeneratedSnapshot.write(
                new GeneratedBundle(shape),
                snapshot,
                new GeneratedSnapshot.Identity("default", 1, 1, 60_000),
                System.currentTimeMillis());
        final ChildProcess controlPlane = ChildProcess.start(
                SnapshotServer.class,
                List.of("-Xmx128m"),
                List.of(snapshot.toString()),
                work.resolve("control-plane.log"),
                60);
        final List<String> options = new ArrayList<>(List.of(
                "--set=state_dir=" + work.resolve("state"),
                "--set=control_plane.address=127.0.0.1:" + controlPlane.fact("tcp"),
                // nobody takes reports here: a journal would be full within seconds, and denies were measured
                "--set=journal.enabled=false",
                "--set=listen.unix_socket=" + work.resolve("s")));
        settings.forEach(each -> options.add("--set=" + each));
        try {
            return new GeneratedSite(
                    controlPlane,
                    ChildProcess.start(MeasuredSidecar.class, HEAP, options, work.resolve("sidecar.log"), 180));
        } catch (final IOException | InterruptedException | RuntimeException e) {
            controlPlane.close();
            throw e;
        }
    }

    @Override
    public void close() {
        sidecar.close();
        controlPlane.close();
    }
}
