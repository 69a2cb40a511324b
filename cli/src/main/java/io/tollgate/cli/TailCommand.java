/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import io.tollgate.cli.tail.LogReader;
import io.tollgate.cli.tail.TailOutput;
import io.tollgate.server.decisionlog.EntryFilter;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import io.tollgate.v1.TailDecisionsRequest;
import io.tollgate.v1.TailDecisionsResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tollgate tail} */
@Command(
        name = "tail",
        description = "Follows decisions as they are made, or reads files of the decision log.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  tollgate tail",
            "  tollgate tail --outcome deny,warn --org lumen --since 5m",
            "  tollgate tail --actor user:ana --action llm/model/invoke --output json",
            "  tollgate tail --file /var/log/tollgate/decisions.jsonl --outcome deny",
            "",
            "With --file the exit code is 1 when entries are missing or damaged."
        })
final class TailCommand implements Callable<Integer> {
    private static final String PREFIX_OUTCOME = "OUTCOME_";
    private static final String PREFIX_REASON = "REASON_";

    @Option(
            names = "--outcome",
            paramLabel = "OUTCOME",
            split = ",",
            description = "Only these: allow, warn, deny; may be repeated.")
    List<String> outcomes = new ArrayList<>();

    @Option(
            names = "--reason",
            paramLabel = "REASON",
            split = ",",
            description = "Only these, for instance POLICY_DENY; may be repeated.")
    List<String> reasons = new ArrayList<>();

    @Option(names = "--org", paramLabel = "ID", description = "Only requests in this organization.")
    String organization = "";

    @Option(names = "--actor", paramLabel = "[TYPE:]ID", description = "Only requests of this actor.")
    String actor = "";

    @Option(
            names = "--action",
            paramLabel = "ACTION",
            description = "Only this action: its name, or product/resource_type/action.")
    String action = "";

    @Option(
            names = "--since",
            paramLabel = "TIME",
            converter = TimeSpan.class,
            description = {
                "Of a sidecar: begin with what it still remembers of the last so long (some 1,000 entries, where a log is configured).",
                "Of files: only entries of the last so long."
            })
    @Nullable
    Duration since;

    @Option(names = "--limit", paramLabel = "COUNT", description = "End after so many entries.")
    long limit = Long.MAX_VALUE;

    @Option(
            names = "--file",
            paramLabel = "FILE",
            description = "Read this file instead, also a compressed one (.gz); may be repeated, the oldest first.")
    List<Path> files = new ArrayList<>();

    @Mixin
    Admin admin;

    @Mixin
    OutputOptions output;

    @Override
    public Integer call() throws IOException {
        final TailDecisionsRequest request = request();
        final TailOutput to = new TailOutput(
                output.spec.commandLine().getOut(),
                output.spec.commandLine().getErr(),
                output.session().paint(),
                output.isJson());
        return files.isEmpty() ? follow(request, to) : read(request, to);
    }

    private int follow(TailDecisionsRequest request, TailOutput to) {
        final boolean everything = request.equals(TailDecisionsRequest.getDefaultInstance());
        return admin.follow(sidecar -> {
            final Iterator<TailDecisionsResponse> stream = sidecar.tailDecisions(request);
            while (to.count() < limit && stream.hasNext()) {
                final TailDecisionsResponse next = stream.next();
                to.lostByReader(next.getLostCount());
                if (next.hasEntry()) {
                    if (everything) {
                        to.gapBefore(next.getEntry());
                    }
                    to.entry(next.getEntry());
                }
            }
            return ExitCode.OK;
        });
    }

    private int read(TailDecisionsRequest request, TailOutput to) throws IOException {
        final EntryFilter filter = new EntryFilter(request);
        final LogReader reader = new LogReader(to);
        for (Path file : files) {
            final Path resolved = output.session().resolve(file);
            if (!Files.isRegularFile(resolved)) {
                throw CommandFailure.usage("--file " + resolved + " does not exist, or is no file");
            }
            reader.read(resolved, entry -> {
                if (to.count() < limit && filter.takes(entry)) {
                    to.entry(entry);
                }
            });
        }
        to.summary();
        return to.isWhole() ? ExitCode.OK : ExitCode.NO;
    }

    private TailDecisionsRequest request() {
        final TailDecisionsRequest.Builder request = TailDecisionsRequest.newBuilder()
                .setOrganization(organization)
                .setActor(actor)
                .setAction(action);
        for (String name : outcomes) {
            final String wanted = PREFIX_OUTCOME + name.strip().toUpperCase(Locale.ROOT);
            request.addOutcomes(List.of(Outcome.values()).stream()
                    .filter(outcome -> outcome.name().equals(wanted))
                    .findFirst()
                    .orElseThrow(() ->
                            CommandFailure.usage("--outcome '" + name + "' is no outcome; write allow, warn or deny")));
        }
        for (String name : reasons) {
            final String wanted = PREFIX_REASON + name.strip().toUpperCase(Locale.ROOT);
            request.addReasons(List.of(Reason.values()).stream()
                    .filter(reason -> reason.name().equals(wanted))
                    .findFirst()
                    .orElseThrow(() -> CommandFailure.usage("--reason '" + name
                            + "' is no reason; write one of docs/reasons.md, for instance POLICY_DENY")));
        }
        if (since != null) {
            request.setSinceMs(System.currentTimeMillis() - since.toMillis());
        }
        return request.build();
    }
}
