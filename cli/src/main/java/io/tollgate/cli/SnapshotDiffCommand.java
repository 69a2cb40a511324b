/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.tollgate.cli.diff.Change;
import io.tollgate.cli.diff.RecordSet;
import io.tollgate.cli.diff.SnapshotDiff;
import io.tollgate.cli.render.DiffText;
import io.tollgate.loader.inspect.SnapshotInspector;
import io.tollgate.v1.Section;
import io.tollgate.v1.SnapshotManifest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tollgate snapshot diff} */
@Command(
        name = "diff",
        description = {
            "What changed between two snapshots: scopes, rules, limits, entitlements, prices, wallets, pools.",
            "Each is a snapshot file (.tgs), a folder that no running sidecar uses, or 'live': the active one of",
            "the sidecar at --address. Exit code 0 if they say the same, 1 if not."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tollgate snapshot diff acme-11.tgs acme-12.tgs",
            "  tollgate compile . -o next.tgs && tollgate snapshot diff live next.tgs",
            "  tollgate snapshot diff live acme-12.tgs --address 127.0.0.1:9071 --output json"
        })
final class SnapshotDiffCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "A", description = "The one before: a path, or 'live'.")
    Path before;

    @Parameters(index = "1", paramLabel = "B", description = "The one after: a path, or 'live'.")
    Path after;

    @Mixin
    Admin admin;

    @Mixin
    OutputOptions output;

    /** A snapshot at rest. */
    private record AtRest(String name, SnapshotInspector inspector) implements RecordSet {
        @Override
        public SnapshotManifest manifest() {
            return inspector.manifest();
        }

        @Override
        public void forEach(Section section, Visitor visitor) throws IOException {
            inspector.forEach(section, visitor::record);
        }
    }

    @Override
    public Integer call() {
        try (SnapshotInspector first = open(before);
                SnapshotInspector second = open(after)) {
            final RecordSet a = records(before, first);
            final RecordSet b = records(after, second);
            final SnapshotDiff.Result diff = SnapshotDiff.of(a, b);
            output.print(
                    json(a.manifest(), b.manifest(), diff),
                    paint -> DiffText.of(a.manifest(), b.manifest(), diff, paint));
            return diff.isSame() ? ExitCode.OK : ExitCode.NO;
        } catch (IOException e) {
            throw CommandFailure.usage("cannot compare " + before + " and " + after + ": " + e.getMessage());
        }
    }

    private @Nullable SnapshotInspector open(Path path) throws IOException {
        if (isLive(path)) {
            return null;
        }
        try {
            return SnapshotFiles.open(output.session(), path);
        } catch (IOException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()));
        }
    }

    private RecordSet records(Path path, @Nullable SnapshotInspector inspector) throws IOException {
        return inspector == null ? LiveSnapshot.read(admin) : new AtRest(path.toString(), inspector);
    }

    static boolean isLive(Path path) {
        return path.toString().equals(LiveSnapshot.NAME);
    }

    private static JsonObject json(SnapshotManifest before, SnapshotManifest after, SnapshotDiff.Result diff) {
        final JsonObject json = new JsonObject();
        json.addProperty("same", diff.isSame());
        json.add("before", json(before));
        json.add("after", json(after));
        json.addProperty("movedLines", diff.movedLines());
        final JsonArray changes = new JsonArray();
        for (final Change change : diff.changes()) {
            final JsonObject one = new JsonObject();
            one.addProperty("kind", change.item().kind().name().toLowerCase(Locale.ROOT));
            one.addProperty("key", change.item().key());
            one.addProperty("change", change.type().name().toLowerCase(Locale.ROOT));
            final JsonArray fields = new JsonArray();
            for (final Change.Field field : change.fields()) {
                final JsonObject f = new JsonObject();
                f.addProperty("field", field.name());
                f.addProperty("before", field.before());
                f.addProperty("after", field.after());
                fields.add(f);
            }
            one.add("fields", fields);
            changes.add(one);
        }
        json.add("changes", changes);
        return json;
    }

    private static JsonObject json(SnapshotManifest manifest) {
        final JsonObject json = new JsonObject();
        json.addProperty("bundle", manifest.getBundle());
        json.addProperty("epoch", Long.toUnsignedString(manifest.getEpoch()));
        json.addProperty("version", Long.toUnsignedString(manifest.getVersion()));
        return json;
    }
}
