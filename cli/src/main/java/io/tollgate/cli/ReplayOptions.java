/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import io.tollgate.cli.lab.LabException;
import io.tollgate.cli.lab.LabSnapshot;
import io.tollgate.cli.lab.Replay;
import io.tollgate.cli.replay.EntryFile;
import io.tollgate.cli.replay.ReplayResult;
import io.tollgate.cli.replay.ReplayText;
import io.tollgate.loader.storage.Storage;
import io.tollgate.v1.DecisionLogEntry;
import io.tollgate.v1.DecisionReadings;
import io.tollgate.v1.SnapshotManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** An entry of the decision log, decided once more offline. */
final class ReplayOptions {
    private static final Path STANDARD_INPUT = Path.of("-");

    @Option(
            names = "--replay",
            paramLabel = "FILE",
            description = {
                "Replays an entry of the decision log in place of asking a sidecar: a file with one entry, or a log and --decision;",
                "'-' is standard input."
            })
    @Nullable
    Path entry;

    @Option(names = "--decision", paramLabel = "ID", description = "With --replay: the entry of this decision.")
    String decision = "";

    @Option(
            names = "--snapshot",
            paramLabel = "FILE",
            description = "With --replay: the snapshot (.tgs) that the decision rested on.")
    @Nullable
    Path snapshot;

    boolean isAsked() {
        return entry != null;
    }

    /** Says what makes no sense without --replay. */
    void requireNothing() {
        if (snapshot != null || !decision.isEmpty()) {
            throw CommandFailure.usage((snapshot == null ? "--decision" : "--snapshot")
                    + " goes with --replay FILE, an entry of the decision log");
        }
    }

    /** Replays. {@return the exit code} */
    int run(OutputOptions output) throws IOException {
        final DecisionLogEntry found = find(output.session());
        final LabSnapshot opened = found.getReadings().getSnapshotVersion() == 0 ? null : open(output.session(), found);
        final Path scratch = Files.createTempDirectory("tollgate-replay");
        try (Replay replay = Replay.open(opened, scratch.resolve("state"), found)) {
            final ReplayResult result = ReplayResult.of(
                    found,
                    replay,
                    opened != null
                            && opened.manifest().getVersion()
                                    != found.getReadings().getSnapshotVersion());
            output.print(ReplayText.json(result), paint -> ReplayText.of(result, paint));
            return result.verdict() == ReplayResult.Verdict.SAME ? ExitCode.OK : ExitCode.NO;
        } catch (LabException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()));
        } finally {
            Storage.LOCAL.delete(scratch);
        }
    }

    private DecisionLogEntry find(Session session) throws IOException {
        final Path file = entry == null ? STANDARD_INPUT : entry;
        try {
            if (file.equals(STANDARD_INPUT)) {
                return EntryFile.find(session.in(), "standard input", decision);
            }
            final Path resolved = session.resolve(file);
            if (!Files.isRegularFile(resolved)) {
                throw CommandFailure.usage(resolved + " does not exist, or is no file");
            }
            return EntryFile.find(resolved, decision);
        } catch (EntryFile.NotFoundException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()));
        }
    }

    private LabSnapshot open(Session session, DecisionLogEntry found) {
        final String wanted = name(found.getReadings());
        if (snapshot == null) {
            throw CommandFailure.stale("the decision rested on " + wanted + "; give its file with --snapshot");
        }
        final Path file = session.resolve(snapshot);
        if (!Files.isRegularFile(file)) {
            throw CommandFailure.stale(
                    file + " does not exist, or is no snapshot file (.tgs); the decision rested on " + wanted);
        }
        final LabSnapshot opened;
        try {
            opened = LabSnapshot.ofFile(file);
        } catch (IOException e) {
            throw SnapshotFiles.damaged(file, e);
        }
        requireSameState(file, opened, found, wanted);
        return opened;
    }

    private static void requireSameState(Path file, LabSnapshot opened, DecisionLogEntry found, String wanted) {
        final SnapshotManifest manifest = opened.manifest();
        final DecisionReadings readings = found.getReadings();
        final boolean sameVersion =
                manifest.getEpoch() == readings.getEpoch() && manifest.getVersion() == readings.getSnapshotVersion();
        final boolean sameDelta = readings.getDeltaSequence() == manifest.getDeltaSequence();
        final boolean sameState =
                manifest.getEpoch() == readings.getEpoch() && sameDelta && readings.getDeltaSequence() != 0;
        // what a sidecar that knows no deltas calls 0
        final boolean same = sameVersion && (sameDelta || readings.getDeltaSequence() == 0) || sameState;
        if (!same) {
            throw CommandFailure.stale(file + " is snapshot " + manifest.getEpoch() + "-" + manifest.getVersion()
                    + (manifest.getDeltaSequence() == 0 ? "" : " with deltas up to " + manifest.getDeltaSequence())
                    + ", and the decision rested on " + wanted);
        }
        final String digest = found.getResponse().getEvidence().getSnapshotDigest();
        if (sameVersion && !digest.isEmpty() && !digest.equals(opened.digestHex())) {
            throw CommandFailure.stale(
                    file + " is another snapshot " + manifest.getEpoch() + "-" + manifest.getVersion()
                            + " than the one of the decision: digest " + opened.digestHex() + ", not " + digest);
        }
    }

    private static String name(DecisionReadings readings) {
        return "snapshot " + readings.getEpoch() + "-" + readings.getSnapshotVersion()
                + (readings.getDeltaSequence() == 0 ? "" : " with deltas up to " + readings.getDeltaSequence());
    }
}
