/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import com.google.gson.JsonObject;
import io.tollgate.cli.render.DiagnosticsText;
import io.tollgate.cli.render.Human;
import io.tollgate.cli.render.Page;
import io.tollgate.cli.render.Paint;
import io.tollgate.cli.render.Paint.Style;
import io.tollgate.client.TollgateClient;
import io.tollgate.control.compiler.CompileResult;
import io.tollgate.control.source.Diagnostic;
import io.tollgate.control.source.Diagnostic.Severity;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.SnapshotStatus;
import io.tollgate.v1.StatusRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What {@code tollgate dev} says, a line or a JSON object at a time. Used by the command's thread. */
final class DevConsole {
    /** A snapshot that is not active by then will not become so; the sidecar's status says why. */
    private static final long ACTIVATION_LIMIT_MS = 30_000;

    private static final long LOOK_MS = 5;

    private final OutputOptions output;
    private final BundleFiles bundle;
    private final Path state;
    private final ChangedFiles changes;
    private long servedVersion;
    private long servedSequence;
    /** "version 2" or "change 17". */
    private String served = "nothing";

    DevConsole(OutputOptions output, BundleFiles bundle, Path state) {
        this.output = output;
        this.bundle = bundle;
        this.state = state;
        this.changes = new ChangedFiles(bundle.directory());
    }

    /** Everything runs. */
    void ready(DevServers servers, DevEvent first) {
        nowServed(first);
        changes.sinceLastLook();
        final String call = call(servers, first.result());
        final JsonObject json = new JsonObject();
        json.addProperty("event", "ready");
        json.addProperty("bundle", first.bundle());
        json.addProperty("version", first.version());
        json.addProperty("sequence", first.sequence());
        json.addProperty("decisions", servers.decisionsAddress());
        json.addProperty("admin", servers.adminAddress());
        json.addProperty("http", servers.httpAddress());
        if (servers.unixSocket() != null) {
            json.addProperty("unixSocket", servers.unixSocket());
        }
        json.addProperty("controlPlane", servers.controlAddress());
        json.addProperty("controlPlaneHttp", servers.controlHttpAddress());
        json.addProperty("try", call);
        output.printLine(json, paint -> welcome(servers, first, call, paint));
        warnings(first);
    }

    private String welcome(DevServers servers, DevEvent first, String call, Paint paint) {
        final Page page = new Page(paint);
        page.line(Style.STRONG_GOOD, "Tollgate is ready: bundle " + first.bundle() + " " + first.served());
        page.fact("decisions", servers.decisionsAddress() + "  gRPC, for applications");
        if (servers.unixSocket() != null) {
            page.fact("", "unix:" + servers.unixSocket());
        }
        page.fact("admin", servers.adminAddress() + "  gRPC, for operators");
        page.fact("http", "http://" + servers.httpAddress() + "/readyz and /metrics");
        page.fact("control", servers.controlAddress() + "  gRPC, for sidecars");
        page.fact("state", state.toString());
        page.fact("signature", Style.CAREFUL, "none: dev runs with trust.unsigned: allow, which is for development");
        if (!call.isEmpty()) {
            page.heading("Try, in another terminal");
            page.item(Style.BOLD, call);
        }
        page.heading("Edit a file under " + bundle.directory() + " and save it. Ctrl-C stops.");
        return page.toString();
    }

    private String call(DevServers servers, @Nullable CompileResult result) {
        if (result == null || result.bundle().isEmpty()) {
            return "";
        }
        try (TollgateClient client = TollgateClient.connect(servers.decisionsAddress())) {
            final Optional<DecideRequest> request =
                    SampleCall.find(result.bundle().get(), client);
            return request.map(r -> SampleCall.commandLine(program(), r, servers.adminAddress()))
                    .orElse("");
        }
    }

    private String program() {
        final Session session = output.session();
        if (session.home() == null || !Files.isExecutable(session.home().resolve("tollgate"))) {
            return "tollgate";
        }
        return session.home().equals(session.directory())
                ? "./tollgate"
                : session.home().resolve("tollgate").toString();
    }

    /** The bundle does not compile, and nothing was served before. */
    void notYet(DevEvent event) {
        trouble(event, bundle.directory().toString(), "nothing to serve yet; waiting for the mending edit");
    }

    void notReady(String cause) {
        say("waiting", "the sidecar is not ready yet: " + cause);
    }

    /** An edit came to rest. */
    void reloaded(StopSignal stop, DevServers servers, DevEvent event) {
        final ChangedFiles.Change change = changes.sinceLastLook();
        switch (event.kind()) {
            case PUBLISHED, CHANGED -> {
                active(stop, servers, event, change);
                warnings(event);
            }
            case UNCHANGED -> say("unchanged", change.text() + " saved: nothing new in it, still " + served);
            case REFUSED, FAILED -> trouble(event, change.text(), "still serving " + served);
        }
    }

    private void nowServed(DevEvent event) {
        servedVersion = event.version();
        servedSequence = event.sequence();
        served = event.served();
    }

    private void active(StopSignal stop, DevServers servers, DevEvent event, ChangedFiles.Change change) {
        final long seenNs = System.nanoTime();
        final Admin admin = Admin.at(servers.adminAddress());
        SnapshotStatus status = SnapshotStatus.getDefaultInstance();
        while (!stop.await(LOOK_MS)
                && System.nanoTime() - seenNs < TimeUnit.MILLISECONDS.toNanos(ACTIVATION_LIMIT_MS)) {
            status = admin.ask(sidecar -> sidecar.status(StatusRequest.getDefaultInstance()))
                    .getSnapshot();
            if (event.isActiveIn(status)) {
                nowServed(event);
                say(
                        "reloaded",
                        change.text() + " saved: " + event.text() + " active after "
                                + Human.durationMs(sinceSaved(change, event, status, seenNs)));
                return;
            }
        }
        if (!stop.isAsked()) {
            say(
                    "late",
                    change.text() + " saved: published " + event.text() + ", but the sidecar still serves " + served
                            + ": " + status.getLastError());
        }
    }

    /**
     * From the file's time to the activation, as the same clock told both; a copied file may bring an old time with it.
     */
    private static long sinceSaved(ChangedFiles.Change change, DevEvent event, SnapshotStatus status, long seenNs) {
        final long activeAtMs =
                event.kind() == DevEvent.Kind.CHANGED ? status.getLastDeltaAtMs() : status.getActivatedAtMs();
        final long sinceSavedMs = activeAtMs - change.savedAtMs();
        final long sinceSeenMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - seenNs);
        return sinceSavedMs >= 0 && sinceSavedMs < sinceSeenMs + ACTIVATION_LIMIT_MS ? sinceSavedMs : sinceSeenMs;
    }

    private void trouble(DevEvent event, String what, String consequence) {
        final CompileResult result = event.result();
        final JsonObject json = result == null ? new JsonObject() : CheckCommand.json(result);
        json.addProperty("event", "refused");
        json.addProperty("message", result == null ? event.text() : DiagnosticsText.counts(result.diagnostics()));
        json.addProperty("version", servedVersion);
        json.addProperty("sequence", servedSequence);
        output.printLine(json, paint -> {
            final String findings =
                    result == null ? paint.in(Style.BAD, event.text()) + "\n" : bundle.show(errors(result), paint);
            final String counts = result == null ? "" : DiagnosticsText.counts(result.diagnostics()) + "; ";
            return findings + paint.in(Style.STRONG_BAD, what + ": " + counts + consequence) + "\n";
        });
    }

    /** Warnings follow from errors more often than not, so a broken edit shows its errors alone. */
    private static List<Diagnostic> errors(CompileResult result) {
        return result.diagnostics().stream()
                .filter(finding -> finding.severity() == Severity.ERROR)
                .toList();
    }

    private void warnings(DevEvent event) {
        final CompileResult result = event.result();
        if (result != null && !result.diagnostics().isEmpty()) {
            final JsonObject json = CheckCommand.json(result);
            json.addProperty("event", "warnings");
            json.addProperty("version", event.version());
            json.addProperty("sequence", event.sequence());
            output.printLine(json, paint -> bundle.show(result.diagnostics(), paint));
        }
    }

    void mappingReloaded(String name, long tookNs) {
        say("mapping", name + " saved: active after " + Human.durationMs(TimeUnit.NANOSECONDS.toMillis(tookNs)));
    }

    void mappingUnchanged(String name) {
        say("mapping-unchanged", name + " saved: nothing new in it");
    }

    /** @param problems a line each, with file, line and column */
    void mappingRefused(String name, String problems) {
        say("mapping-refused", problems + "\n" + name + ": still serving the mapping of before");
    }

    void stopped() {
        say("stopped", "stopped");
    }

    private void say(String event, String text) {
        final JsonObject json = new JsonObject();
        json.addProperty("event", event);
        json.addProperty("version", servedVersion);
        json.addProperty("sequence", servedSequence);
        json.addProperty("message", text);
        output.printLine(json, paint -> paint.in(Style.NONE, text) + "\n");
    }
}
