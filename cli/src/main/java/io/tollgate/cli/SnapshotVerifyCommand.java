/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.tollgate.cli.render.Paint;
import io.tollgate.cli.render.Paint.Style;
import io.tollgate.loader.inspect.SnapshotInspector;
import io.tollgate.loader.transfer.RefusedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
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
            "Checks every digest, checksum and count of a snapshot file or an installed folder.",
            "With --trust also that a trusted key has signed it; without it says nothing about who made it.",
            "Exit code 0 if all holds, 1 if not."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tollgate snapshot verify acme.tgs --trust trust.pem",
            "  tollgate snapshot verify acme.tgs && scp acme.tgs sidecar:",
            "  tollgate snapshot verify /var/lib/tollgate/sidecar/snapshots/1-7"
        })
final class SnapshotVerifyCommand implements Callable<Integer> {
    private static final String NOT_TRUSTED = "not trusted: ";

    @Parameters(paramLabel = "PATH", description = "A snapshot file (.tgs), or a folder that no running sidecar uses.")
    Path path;

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
        try (SnapshotInspector snapshot = SnapshotFiles.open(output.session(), path)) {
            final List<String> problems = new ArrayList<>(snapshot.verify());
            final String signedBy = signedBy(snapshot, problems);
            final JsonObject json = new JsonObject();
            json.addProperty("whole", problems.isEmpty());
            json.addProperty("signedBy", signedBy);
            json.addProperty("digest", SnapshotFiles.digest(snapshot));
            json.addProperty("signatures", snapshot.signedManifest().getSignaturesCount());
            final JsonArray list = new JsonArray();
            problems.forEach(list::add);
            json.add("problems", list);
            output.print(
                    json, paint -> problems.isEmpty() ? whole(snapshot, signedBy, paint) : damaged(problems, paint));
            return problems.isEmpty() ? ExitCode.OK : ExitCode.NO;
        } catch (IOException e) {
            throw SnapshotFiles.damaged(path, e);
        }
    }

    /** The trusted key that has signed it; empty when nobody was asked for. */
    private String signedBy(SnapshotInspector snapshot, List<String> problems) {
        if (trust == null) {
            return "";
        }
        try {
            return KeyOptions.trust(output.session(), trust).verify(snapshot.signedManifest());
        } catch (RefusedException e) {
            problems.add(NOT_TRUSTED + path + ": " + e.reason());
            return "";
        }
    }

    private String whole(SnapshotInspector snapshot, String signedBy, Paint paint) {
        final boolean signed = snapshot.signedManifest().getSignaturesCount() > 0;
        return paint.in(Style.STRONG_GOOD, "WHOLE") + ": "
                + paint.in(
                        Style.NONE,
                        path + ", " + snapshot.manifest().getBundle() + " version "
                                + snapshot.manifest().getVersion() + ", digest " + SnapshotFiles.digest(snapshot))
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
