/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.tollgate.cli.render.Paint;
import io.tollgate.cli.render.SnapshotText;
import io.tollgate.loader.inspect.SnapshotInspector;
import io.tollgate.v1.CapacityPoolRecord;
import io.tollgate.v1.EntitlementSetRecord;
import io.tollgate.v1.PolicyRecord;
import io.tollgate.v1.PriceBookRecord;
import io.tollgate.v1.RegistryRecord;
import io.tollgate.v1.ScopeRecord;
import io.tollgate.v1.Section;
import io.tollgate.v1.WalletRecord;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tollgate snapshot inspect} */
@Command(
        name = "inspect",
        description = "Shows what a snapshot file or an installed folder holds, deltas included.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  tollgate snapshot inspect acme.tgs",
            "  tollgate snapshot inspect acme.tgs --records policy      a JSON object per record",
            "  tollgate snapshot inspect acme.tgs --records directory --key org:lumen"
        })
final class SnapshotInspectCommand implements Callable<Integer> {
    /** Sections, as people write them. */
    enum SectionName {
        registry,
        policy,
        entitlement,
        directory,
        price,
        wallet,
        capacity
    }

    @Parameters(paramLabel = "PATH", description = "A snapshot file (.tgs), or a folder that no running sidecar uses.")
    Path path;

    @Option(names = "--records", paramLabel = "SECTION", description = "Prints the records: ${COMPLETION-CANDIDATES}.")
    @Nullable
    SectionName section;

    @Mixin
    OutputOptions output;

    @Option(names = "--key", paramLabel = "KEY", description = "Only the record with this key, for instance org:acme.")
    @Nullable
    String key;

    @Override
    public Integer call() {
        if (key != null && section == null) {
            throw CommandFailure.usage("--key " + key + " needs --records SECTION");
        }
        try (SnapshotInspector snapshot = SnapshotFiles.open(output.session(), path)) {
            if (section == null) {
                final long delta = snapshot.deltaSequence();
                output.print(
                        snapshot.manifest(),
                        (Paint paint) -> SnapshotText.of(
                                path.toString(), snapshot.manifest(), snapshot.signedManifest(), delta, paint));
            } else {
                printRecords(
                        snapshot, Section.valueOf("SECTION_" + section.name().toUpperCase(Locale.ROOT)));
            }
            return ExitCode.OK;
        } catch (IOException e) {
            throw SnapshotFiles.damaged(path, e);
        }
    }

    private void printRecords(SnapshotInspector snapshot, Section section) throws IOException {
        final JsonFormat.Printer printer = JsonFormat.printer().omittingInsignificantWhitespace();
        final PrintWriter out = output.spec.commandLine().getOut();
        if (key == null) {
            snapshot.forEach(section, (name, value) -> out.println(printer.print(message(section, value))));
        } else {
            final byte[] found = snapshot.find(section, key);
            if (found == null) {
                throw CommandFailure.no("no record '" + key + "' in section " + section);
            }
            out.println(printer.print(message(section, found)));
        }
        out.flush();
    }

    private static Message message(Section section, byte[] record) throws InvalidProtocolBufferException {
        return switch (section) {
            case SECTION_REGISTRY -> RegistryRecord.parseFrom(record);
            case SECTION_POLICY -> PolicyRecord.parseFrom(record);
            case SECTION_ENTITLEMENT -> EntitlementSetRecord.parseFrom(record);
            case SECTION_DIRECTORY -> ScopeRecord.parseFrom(record);
            case SECTION_PRICE -> PriceBookRecord.parseFrom(record);
            case SECTION_WALLET -> WalletRecord.parseFrom(record);
            case SECTION_CAPACITY -> CapacityPoolRecord.parseFrom(record);
            case SECTION_UNSPECIFIED, UNRECOGNIZED -> throw new IllegalStateException("no records of " + section);
        };
    }
}
