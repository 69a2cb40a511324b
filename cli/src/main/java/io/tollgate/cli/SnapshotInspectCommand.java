/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.tollgate.cli.render.Paint;
import io.tollgate.cli.render.SnapshotText;
import io.tollgate.control.publish.SnapshotFile;
import io.tollgate.v1.CapacityPoolRecord;
import io.tollgate.v1.EntitlementSetRecord;
import io.tollgate.v1.PolicyRecord;
import io.tollgate.v1.PriceBookRecord;
import io.tollgate.v1.RegistryRecord;
import io.tollgate.v1.ScopeRecord;
import io.tollgate.v1.Section;
import io.tollgate.v1.SnapshotRecord;
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
        description = "Shows what a snapshot file holds.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  tollgate snapshot inspect acme.tgs",
            "  tollgate snapshot inspect acme.tgs --records policy      a JSON object per record"
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

    @Parameters(paramLabel = "FILE", description = "A snapshot file (.tgs).")
    Path file;

    @Option(names = "--records", paramLabel = "SECTION", description = "Prints the records: ${COMPLETION-CANDIDATES}.")
    @Nullable
    SectionName section;

    @Mixin
    OutputOptions output;

    @Override
    public Integer call() {
        try (SnapshotFile snapshot = SnapshotFiles.open(output.session(), file)) {
            if (section == null) {
                output.print(
                        snapshot.manifest(),
                        (Paint paint) -> SnapshotText.of(
                                file.toString(),
                                snapshot.manifest(),
                                snapshot.digestHex(),
                                snapshot.signedManifest().getSignaturesCount(),
                                paint));
            } else {
                printRecords(
                        snapshot, Section.valueOf("SECTION_" + section.name().toUpperCase(Locale.ROOT)));
            }
            return ExitCode.OK;
        } catch (IOException e) {
            throw SnapshotFiles.damaged(file, e);
        }
    }

    private void printRecords(SnapshotFile snapshot, Section section) throws IOException {
        final JsonFormat.Printer printer = JsonFormat.printer().omittingInsignificantWhitespace();
        final PrintWriter out = output.spec.commandLine().getOut();
        for (SnapshotRecord record : snapshot.records(section)) {
            out.println(printer.print(message(section, record)));
        }
        out.flush();
    }

    private static Message message(Section section, SnapshotRecord record) throws InvalidProtocolBufferException {
        return switch (section) {
            case SECTION_REGISTRY -> RegistryRecord.parseFrom(record.getValue());
            case SECTION_POLICY -> PolicyRecord.parseFrom(record.getValue());
            case SECTION_ENTITLEMENT -> EntitlementSetRecord.parseFrom(record.getValue());
            case SECTION_DIRECTORY -> ScopeRecord.parseFrom(record.getValue());
            case SECTION_PRICE -> PriceBookRecord.parseFrom(record.getValue());
            case SECTION_WALLET -> WalletRecord.parseFrom(record.getValue());
            case SECTION_CAPACITY -> CapacityPoolRecord.parseFrom(record.getValue());
            case SECTION_UNSPECIFIED, UNRECOGNIZED -> throw new IllegalStateException("no records of " + section);
        };
    }
}
