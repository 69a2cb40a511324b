/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.tollgate.cli.render.Paint;
import io.tollgate.cli.render.Paint.Style;
import io.tollgate.loader.inspect.SnapshotInspector;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tollgate snapshot verify} */
@Command(
        name = "verify",
        description = {
            "Checks every digest, checksum and count of a snapshot file or an installed folder.",
            "Exit code 0 if it is whole, 1 if not. Says nothing about who made it."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tollgate snapshot verify acme.tgs && scp acme.tgs sidecar:",
            "  tollgate snapshot verify /var/lib/tollgate/sidecar/snapshots/1-7"
        })
final class SnapshotVerifyCommand implements Callable<Integer> {
    @Parameters(paramLabel = "PATH", description = "A snapshot file (.tgs), or a folder that no running sidecar uses.")
    Path path;

    @Mixin
    OutputOptions output;

    @Override
    public Integer call() {
        try (SnapshotInspector snapshot = SnapshotFiles.open(output.session(), path)) {
            final List<String> problems = snapshot.verify();
            final JsonObject json = new JsonObject();
            json.addProperty("whole", problems.isEmpty());
            json.addProperty("digest", SnapshotFiles.digest(snapshot));
            json.addProperty("signatures", snapshot.signedManifest().getSignaturesCount());
            final JsonArray list = new JsonArray();
            problems.forEach(list::add);
            json.add("problems", list);
            output.print(json, paint -> problems.isEmpty() ? whole(snapshot, paint) : damaged(problems, paint));
            return problems.isEmpty() ? ExitCode.OK : ExitCode.NO;
        } catch (IOException e) {
            throw SnapshotFiles.damaged(path, e);
        }
    }

    private String whole(SnapshotInspector snapshot, Paint paint) {
        final boolean signed = snapshot.signedManifest().getSignaturesCount() > 0;
        return paint.in(Style.STRONG_GOOD, "WHOLE") + ": "
                + paint.in(
                        Style.NONE,
                        path + ", " + snapshot.manifest().getBundle() + " version "
                                + snapshot.manifest().getVersion() + ", digest " + SnapshotFiles.digest(snapshot))
                + (signed ? "" : ", " + paint.in(Style.CAREFUL, "not signed")) + "\n";
    }

    private static String damaged(List<String> problems, Paint paint) {
        final StringBuilder text = new StringBuilder();
        for (String problem : problems) {
            text.append(paint.in(Style.STRONG_BAD, "DAMAGED"))
                    .append(": ")
                    .append(paint.in(Style.NONE, problem))
                    .append('\n');
        }
        return text.toString();
    }
}
