/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import io.tollgate.cli.render.DiagnosticsText;
import io.tollgate.cli.render.Paint;
import io.tollgate.cli.render.SnapshotText;
import io.tollgate.control.compiler.BundleCompiler;
import io.tollgate.control.compiler.CompileResult;
import io.tollgate.control.compiler.CompiledBundle;
import io.tollgate.control.publish.BundleSnapshots;
import io.tollgate.control.publish.SnapshotFile;
import io.tollgate.v1.SignedManifest;
import io.tollgate.v1.SnapshotManifest;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tollgate compile} */
@Command(
        name = "compile",
        description = {
            "Compiles a bundle to a snapshot file, without a control plane.",
            "The same sources, version and SOURCE_DATE_EPOCH give the same bytes."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tollgate compile examples/acme -o acme.tgs",
            "  tollgate compile . -o acme.tgs --snapshot-version 12 --sign-key signing.key"
        })
final class CompileCommand implements Callable<Integer> {
    private static final String SOURCE_DATE_EPOCH = "SOURCE_DATE_EPOCH";
    private static final long MS_PER_S = 1000;

    @Parameters(paramLabel = "DIR", description = "Holds tollgate.yaml.")
    Path directory;

    @Option(
            names = "-o",
            required = true,
            paramLabel = "FILE",
            description = "Written when all is well, replaced if it exists.")
    Path file;

    @Option(
            names = "--snapshot-version",
            paramLabel = "N",
            defaultValue = "1",
            description = "Sidecars refuse a version below what they have; default ${DEFAULT-VALUE}.")
    long version;

    @Option(
            names = "--epoch",
            paramLabel = "N",
            defaultValue = "1",
            description = "Comes before the version; default ${DEFAULT-VALUE}.")
    long epoch;

    @Option(
            names = "--sign-key",
            paramLabel = "KEY",
            description = {
                "Signs with the private key in this file (PEM); may stand several times.",
                "Without it sidecars refuse the snapshot."
            })
    List<Path> signKeys = List.of();

    @Mixin
    OutputOptions output;

    @Override
    public Integer call() {
        if (version < 1 || epoch < 1) {
            throw CommandFailure.usage("--snapshot-version and --epoch count from 1, not " + Math.min(version, epoch));
        }
        final Session session = output.session();
        final BundleFiles files = BundleFiles.in(session, directory);
        final CompileResult result = BundleCompiler.compile(files.directory());
        final PrintWriter err = output.spec.commandLine().getErr();
        err.print(files.show(result.diagnostics(), session.paint()));
        err.flush();
        if (result.bundle().isEmpty()) {
            throw CommandFailure.no("nothing written: " + DiagnosticsText.counts(result.diagnostics()));
        }
        write(session, result.bundle().get());
        return ExitCode.OK;
    }

    private void write(Session session, CompiledBundle bundle) {
        final Path target = session.resolve(file);
        final Path parent = target.getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            throw CommandFailure.usage("directory " + parent + " does not exist, so " + file + " cannot be written");
        }
        try {
            final SnapshotManifest manifest = BundleSnapshots.write(
                    bundle, target, version, epoch, createdAtMs(session), KeyOptions.signer(session, signKeys));
            try (SnapshotFile written = SnapshotFile.open(target)) {
                final SignedManifest signed = written.signedManifest();
                output.print(manifest, (Paint paint) -> SnapshotText.of(file + " written", manifest, signed, paint));
            }
        } catch (IOException e) {
            throw CommandFailure.usage(target + " cannot be written: " + e);
        }
    }

    /** https://reproducible-builds.org/specs/source-date-epoch: seconds since 1970. */
    private static long createdAtMs(Session session) {
        final String seconds = session.environment().get(SOURCE_DATE_EPOCH);
        if (seconds == null || seconds.isEmpty()) {
            return System.currentTimeMillis();
        }
        try {
            return Math.multiplyExact(Long.parseLong(seconds), MS_PER_S);
        } catch (NumberFormatException | ArithmeticException e) {
            throw CommandFailure.usage(SOURCE_DATE_EPOCH + " is '" + seconds + "', not a number of seconds since 1970");
        }
    }
}
