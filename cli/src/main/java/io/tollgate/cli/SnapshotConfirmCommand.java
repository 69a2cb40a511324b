/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import com.google.gson.JsonObject;
import io.tollgate.cli.render.Paint;
import io.tollgate.control.publish.SnapshotFile;
import io.tollgate.control.signing.ManifestSigner;
import io.tollgate.v1.FreshnessStatement;
import io.tollgate.v1.SnapshotManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tollgate snapshot confirm} */
@Command(
        name = "confirm",
        description = {
            "Signs a freshness statement: that this snapshot is the newest now. Writes FILE.fresh beside it.",
            "For fleets that take snapshots from a file or HTTPS: run it more often than planes may be old."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tollgate snapshot confirm acme.tgs --sign-key signing.key",
            "  tollgate snapshot confirm acme.tgs --sign-key signing.key && aws s3 cp acme.tgs.fresh s3://bucket/"
        })
final class SnapshotConfirmCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The snapshot file (.tgs) that is published.")
    Path file;

    @Option(
            names = "--sign-key",
            required = true,
            paramLabel = "KEY",
            description = "File with a private key (PEM); may stand several times.")
    List<Path> signKeys;

    @Option(names = "-o", paramLabel = "FILE", description = "Where to; default: the snapshot's name and .fresh.")
    @Nullable
    Path target;

    @Mixin
    OutputOptions output;

    @Override
    public Integer call() {
        final Session session = output.session();
        final ManifestSigner signer = KeyOptions.signer(session, signKeys);
        final Path snapshot = session.resolve(file);
        final Path to = target == null ? Path.of(snapshot + ".fresh") : session.resolve(target);
        try (SnapshotFile opened = SnapshotFile.open(snapshot)) {
            opened.verify();
            final SnapshotManifest manifest = opened.manifest();
            final long nowMs = System.currentTimeMillis();
            replace(
                    to,
                    signer.sign(FreshnessStatement.newBuilder()
                                    .setBundle(manifest.getBundle())
                                    .setEpoch(manifest.getEpoch())
                                    .setVersion(manifest.getVersion())
                                    .setManifestSha256(opened.manifestSha256())
                                    .setConfirmedAtMs(nowMs)
                                    .build())
                            .toByteArray());
            final JsonObject json = new JsonObject();
            json.addProperty("file", to.toString());
            json.addProperty("digest", opened.digestHex());
            json.addProperty("confirmedAtMs", nowMs);
            output.print(
                    json,
                    (Paint paint) -> to + ": " + manifest.getBundle() + " version " + manifest.getVersion()
                            + " is the newest, signed by " + String.join(", ", signer.keyIds()) + "\n");
            return ExitCode.OK;
        } catch (IOException e) {
            throw SnapshotFiles.damaged(file, e);
        }
    }

    /** Whoever polls it never sees half of it. */
    private static void replace(Path file, byte[] bytes) throws IOException {
        final Path whole = Files.createTempFile(file.toAbsolutePath().getParent(), file.getFileName() + ".", ".new");
        try {
            Files.write(whole, bytes);
            whole.toFile().setReadable(true, false);
            Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(whole);
        }
    }
}
