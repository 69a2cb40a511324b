/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import com.google.gson.JsonObject;
import io.tollgate.cli.render.Paint;
import io.tollgate.cli.render.Paint.Style;
import io.tollgate.control.publish.SnapshotFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tollgate snapshot verify} */
@Command(
        name = "verify",
        description = {
            "Checks every digest, checksum, count and order in a snapshot file.",
            "Exit code 0 if it is whole, 1 if not. Says nothing about who made it."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  tollgate snapshot verify acme.tgs && scp acme.tgs sidecar:"})
final class SnapshotVerifyCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "A snapshot file (.tgs).")
    Path file;

    @Mixin
    OutputOptions output;

    @Override
    public Integer call() {
        try (SnapshotFile snapshot = SnapshotFiles.open(output.session(), file)) {
            snapshot.verify();
            final JsonObject json = new JsonObject();
            json.addProperty("whole", true);
            json.addProperty("digest", snapshot.digestHex());
            json.addProperty("signatures", snapshot.signedManifest().getSignaturesCount());
            output.print(json, paint -> whole(snapshot, paint));
            return ExitCode.OK;
        } catch (IOException e) {
            throw SnapshotFiles.damaged(file, e);
        }
    }

    private String whole(SnapshotFile snapshot, Paint paint) {
        final boolean signed = snapshot.signedManifest().getSignaturesCount() > 0;
        return paint.in(Style.STRONG_GOOD, "WHOLE") + ": "
                + paint.in(
                        Style.NONE,
                        file + ", " + snapshot.manifest().getBundle() + " version "
                                + snapshot.manifest().getVersion() + ", digest " + snapshot.digestHex())
                + (signed ? "" : ", " + paint.in(Style.CAREFUL, "not signed")) + "\n";
    }
}
