/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.protobuf.InvalidProtocolBufferException;
import io.tollgate.cli.render.Paint;
import io.tollgate.cli.render.Paint.Style;
import io.tollgate.loader.inspect.SnapshotInspector;
import io.tollgate.loader.transfer.RefusedException;
import io.tollgate.loader.transfer.TrustedKeys;
import io.tollgate.v1.Delta;
import io.tollgate.v1.SignedDelta;
import io.tollgate.v1.SignedManifest;
import io.tollgate.v1.SnapshotManifest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tollgate snapshot verify} */
@Command(
        name = "verify",
        description = {
            "Checks every digest, checksum and count of a snapshot file, an installed folder, or the live snapshot.",
            "With --trust also that a trusted key has signed it; without it says nothing about who made it.",
            "Exit code 0 if all holds, 1 if not."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tollgate snapshot verify live --trust trust.pem",
            "  tollgate snapshot verify acme.tgs --trust trust.pem",
            "  tollgate snapshot verify acme.tgs && scp acme.tgs sidecar:",
            "  tollgate snapshot verify /var/lib/tollgate/sidecar/snapshots/1-7"
        })
final class SnapshotVerifyCommand implements Callable<Integer> {
    private static final String NOT_TRUSTED = "not trusted: ";

    @Parameters(
            paramLabel = "PATH",
            description = {
                "A snapshot file (.tgs), a folder that no running sidecar uses,",
                "or 'live': the active one of the sidecar at --address."
            })
    Path path;

    @Mixin
    Admin admin;

    @Option(
            names = "--trust",
            paramLabel = "FILE",
            description = "PEM file with public keys, as in trust.keys: one of them must have signed it.")
    @Nullable
    Path trust;

    @Mixin
    OutputOptions output;

    @Override
    public Integer call() {
        try {
            if (SnapshotDiffCommand.isLive(path)) {
                final LiveSnapshot live = LiveSnapshot.read(admin);
                return report(
                        new Looked(live.signed(), live.manifest(), deltas(live), live.name()),
                        LiveCheck.problems(live));
            }
            try (SnapshotInspector snapshot = SnapshotFiles.open(output.session(), path)) {
                final List<String> problems = snapshot.verify();
                // of a damaged one they cannot be told
                final List<SignedDelta> deltas = problems.isEmpty() ? snapshot.deltas() : List.of();
                return report(
                        new Looked(snapshot.signedManifest(), snapshot.manifest(), deltas, path.toString()), problems);
            }
        } catch (IOException e) {
            throw SnapshotFiles.damaged(path, e);
        }
    }

    private static List<SignedDelta> deltas(LiveSnapshot live) {
        return live.lastDelta() == null ? List.of() : List.of(live.lastDelta());
    }

    /** What was looked at. Of the live one only the last delta is known. */
    private record Looked(SignedManifest signed, SnapshotManifest manifest, List<SignedDelta> deltas, String name) {
        /** Of the last delta in it or on top of it. */
        long deltaSequence() throws InvalidProtocolBufferException {
            return deltas.isEmpty()
                    ? manifest.getDeltaSequence()
                    : Delta.parseFrom(deltas.get(deltas.size() - 1).getDelta()).getSequence();
        }

        String digest() {
            return HexFormat.of().formatHex(signed.getSha256().toByteArray());
        }
    }

    private int report(Looked snapshot, List<String> found) throws InvalidProtocolBufferException {
        final List<String> problems = new ArrayList<>(found);
        final String signedBy = signedBy(snapshot, problems);
        final JsonObject json = new JsonObject();
        json.addProperty("whole", problems.isEmpty());
        json.addProperty("signedBy", signedBy);
        json.addProperty("digest", snapshot.digest());
        json.addProperty("signatures", snapshot.signed().getSignaturesCount());
        final long delta = snapshot.deltaSequence();
        json.addProperty("deltaSequence", delta);
        final JsonArray list = new JsonArray();
        problems.forEach(list::add);
        json.add("problems", list);
        output.print(
                json, paint -> problems.isEmpty() ? whole(snapshot, delta, signedBy, paint) : damaged(problems, paint));
        return problems.isEmpty() ? ExitCode.OK : ExitCode.NO;
    }

    /** The trusted key that has signed it; empty when nobody was asked for. */
    private String signedBy(Looked snapshot, List<String> problems) {
        if (trust == null) {
            return "";
        }
        try {
            final TrustedKeys trusted = KeyOptions.trust(output.session(), trust);
            for (final SignedDelta delta : snapshot.deltas()) {
                trusted.verify(delta);
            }
            return trusted.verify(snapshot.signed());
        } catch (RefusedException e) {
            problems.add(NOT_TRUSTED + path + ": " + e.reason());
            return "";
        }
    }

    private static String whole(Looked snapshot, long delta, String signedBy, Paint paint) {
        final boolean signed = snapshot.signed().getSignaturesCount() > 0;
        return paint.in(Style.STRONG_GOOD, "WHOLE") + ": "
                + paint.in(
                        Style.NONE,
                        snapshot.name() + ", " + snapshot.manifest().getBundle() + " version "
                                + snapshot.manifest().getVersion() + (delta == 0 ? "" : " with delta " + delta)
                                + ", digest " + snapshot.digest())
                + ", " + signature(signed, signedBy, paint) + "\n";
    }

    private static String signature(boolean signed, String signedBy, Paint paint) {
        if (!signedBy.isEmpty()) {
            return paint.in(Style.GOOD, "signed by " + signedBy);
        }
        return paint.in(Style.CAREFUL, signed ? "signature not checked (--trust)" : "not signed");
    }

    private static String damaged(List<String> problems, Paint paint) {
        final StringBuilder text = new StringBuilder();
        for (String problem : problems) {
            final boolean whole = problem.startsWith(NOT_TRUSTED);
            text.append(paint.in(Style.STRONG_BAD, whole ? "REFUSED" : "DAMAGED"))
                    .append(": ")
                    .append(paint.in(Style.NONE, problem))
                    .append('\n');
        }
        return text.toString();
    }
}
