/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.tollgate.cli.render.Paint;
import io.tollgate.cli.render.Paint.Style;
import io.tollgate.loader.inspect.SnapshotInspector;
import io.tollgate.loader.transfer.RefusedException;
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
                return report(new Looked(live.signed(), live.manifest(), live.name()), LiveCheck.problems(live));
            }
            try (SnapshotInspector snapshot = SnapshotFiles.open(output.session(), path)) {
                return report(
                        new Looked(snapshot.signedManifest(), snapshot.manifest(), path.toString()), snapshot.verify());
            }
        } catch (IOException e) {
            throw SnapshotFiles.damaged(path, e);
        }
    }

    /** What was looked at. */
    private record Looked(SignedManifest signed, SnapshotManifest manifest, String name) {
        String digest() {
            return HexFormat.of().formatHex(signed.getSha256().toByteArray());
        }
    }

    private int report(Looked snapshot, List<String> found) {
        final List<String> problems = new ArrayList<>(found);
        final String signedBy = signedBy(snapshot, problems);
        final JsonObject json = new JsonObject();
        json.addProperty("whole", problems.isEmpty());
        json.addProperty("signedBy", signedBy);
        json.addProperty("digest", snapshot.digest());
        json.addProperty("signatures", snapshot.signed().getSignaturesCount());
        final JsonArray list = new JsonArray();
        problems.forEach(list::add);
        json.add("problems", list);
        output.print(json, paint -> problems.isEmpty() ? whole(snapshot, signedBy, paint) : damaged(problems, paint));
        return problems.isEmpty() ? ExitCode.OK : ExitCode.NO;
    }

    /** The trusted key that has signed it; empty when nobody was asked for. */
    private String signedBy(Looked snapshot, List<String> problems) {
        if (trust == null) {
            return "";
        }
        try {
            return KeyOptions.trust(output.session(), trust).verify(snapshot.signed());
        } catch (RefusedException e) {
            problems.add(NOT_TRUSTED + path + ": " + e.reason());
            return "";
        }
    }

    private static String whole(Looked snapshot, String signedBy, Paint paint) {
        final boolean signed = snapshot.signed().getSignaturesCount() > 0;
        return paint.in(Style.STRONG_GOOD, "WHOLE") + ": "
                + paint.in(
                        Style.NONE,
                        snapshot.name() + ", " + snapshot.manifest().getBundle() + " version "
                                + snapshot.manifest().getVersion() + ", digest " + snapshot.digest())
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
