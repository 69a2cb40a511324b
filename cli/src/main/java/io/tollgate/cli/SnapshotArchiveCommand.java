/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.tollgate.cli.render.Paint;
import io.tollgate.cli.render.SnapshotText;
import io.tollgate.control.publish.ArchivedState;
import io.tollgate.control.publish.SnapshotFile;
import io.tollgate.v1.SnapshotManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tollgate snapshot archive} */
@Command(
        name = "archive",
        description = {
            "Takes a state that was published before out of a control plane's state directory, as a snapshot file.",
            "Reads only; the control plane may run meanwhile. What is kept: archive in its configuration."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tollgate snapshot archive --state /var/lib/tollgate/control-plane --bundle acme --list",
            "  tollgate snapshot archive --state /var/lib/tollgate/control-plane --bundle acme --sequence 17 -o acme-17.tgs"
        })
final class SnapshotArchiveCommand implements Callable<Integer> {
    private static final long NEWEST = -1;

    @Option(names = "--state", required = true, paramLabel = "DIR", description = "state_dir of the control plane.")
    Path state;

    @Option(names = "--bundle", required = true, paramLabel = "ID", description = "Which bundle.")
    String bundle;

    @Option(
            names = "--sequence",
            paramLabel = "N",
            description = "The last change that is in it, as evidence names it (delta_sequence); default: the newest.")
    @Nullable
    Long sequence;

    @Option(
            names = "--epoch",
            paramLabel = "N",
            defaultValue = "0",
            description = "Of which history, when there was more than one; default: the newest.")
    long epoch;

    @Option(names = "-o", paramLabel = "FILE", description = "Written, replaced if it exists.")
    @Nullable
    Path file;

    @Option(names = "--list", description = "Says which states are there, and writes nothing.")
    boolean list;

    @Option(
            names = "--sign-key",
            paramLabel = "KEY",
            description = {
                "Signs with the private key in this file (PEM); may stand several times. A file that the control plane wrote"
                        + " keeps its signatures."
            })
    List<Path> signKeys = List.of();

    @Mixin
    OutputOptions output;

    @Override
    public Integer call() {
        final Session session = output.session();
        final Path target = file;
        if (list == (target != null)) {
            throw CommandFailure.usage("either --list says what is there, or -o FILE says where a state goes");
        }
        if (sequence != null && sequence < 0 || epoch < 0) {
            throw CommandFailure.usage("--sequence and --epoch are not negative");
        }
        try {
            if (target == null) {
                list(session);
            } else {
                write(session, session.resolve(target));
            }
        } catch (IOException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()));
        }
        return ExitCode.OK;
    }

    private void list(Session session) throws IOException {
        final List<ArchivedState> runs = ArchivedState.list(session.resolve(state), bundle);
        final JsonArray json = new JsonArray();
        final StringBuilder text = new StringBuilder();
        for (final ArchivedState run : runs) {
            final JsonObject one = new JsonObject();
            one.addProperty("epoch", run.epoch());
            one.addProperty("firstSequence", run.first());
            one.addProperty("lastSequence", run.last());
            one.addProperty("fromMs", run.fromMs());
            json.add(one);
            text.append(run)
                    .append(", from ")
                    .append(Instant.ofEpochMilli(run.fromMs()))
                    .append('\n');
        }
        final JsonObject all = new JsonObject();
        all.addProperty("bundle", bundle);
        all.add("states", json);
        output.print(
                all, (Paint paint) -> text.length() == 0 ? "nothing of " + bundle + " is kept\n" : text.toString());
    }

    private void write(Session session, Path target) throws IOException {
        final Path parent = target.getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            throw CommandFailure.usage("directory " + parent + " does not exist, so " + file + " cannot be written");
        }
        final SnapshotManifest manifest = ArchivedState.write(
                session.resolve(state),
                bundle,
                epoch,
                sequence == null ? NEWEST : sequence,
                target,
                KeyOptions.signer(session, signKeys));
        try (SnapshotFile written = SnapshotFile.open(target)) {
            output.print(
                    manifest,
                    (Paint paint) -> SnapshotText.of(file + " written", manifest, written.signedManifest(), paint));
        }
    }
}
