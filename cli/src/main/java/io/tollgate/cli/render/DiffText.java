/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.render;

import io.tollgate.cli.diff.Change;
import io.tollgate.cli.diff.Kind;
import io.tollgate.cli.diff.SnapshotDiff;
import io.tollgate.cli.render.Paint.Style;
import io.tollgate.v1.SnapshotManifest;
import java.util.List;
import java.util.stream.Collectors;

/** What changed between two snapshots, as tables. */
public final class DiffText {
    private static final int MOST_ROWS = 200;
    private static final int MOST_CHARACTERS = 60;

    private DiffText() {}

    /** The tables, one for each kind of thing. */
    public static String of(SnapshotManifest before, SnapshotManifest after, SnapshotDiff.Result diff, Paint paint) {
        final Page page = new Page(paint);
        if (diff.isSame()) {
            return page.line(Style.STRONG_GOOD, "SAME: " + name(before) + " and " + name(after) + " say the same")
                    .toString();
        }
        page.line(Style.BOLD, "from " + name(before) + " to " + name(after));
        for (final Kind kind : Kind.values()) {
            final List<Change> changes = diff.changes().stream()
                    .filter(change -> change.item().kind() == kind)
                    .toList();
            if (!changes.isEmpty()) {
                kind(kind, changes, page);
            }
        }
        if (diff.movedLines() > 0) {
            page.heading("Moved in the sources, otherwise the same: " + Human.number(diff.movedLines()));
        } else if (diff.changes().isEmpty()) {
            page.heading(
                    "All things are the same; the order of records, or something that this version does not know, differs");
        }
        return page.toString();
    }

    private static String name(SnapshotManifest manifest) {
        return manifest.getBundle() + " version " + manifest.getVersion() + " (epoch " + manifest.getEpoch() + ")";
    }

    private static void kind(Kind kind, List<Change> changes, Page page) {
        final Table table =
                new Table().text("").text("what").text("field").text("was").text("is");
        int rows = 0;
        int shown = 0;
        for (final Change change : changes) {
            if (rows >= MOST_ROWS) {
                break;
            }
            rows += rows(change, table);
            shown++;
        }
        page.table(kind.title() + ": " + counts(changes), table);
        if (shown < changes.size()) {
            page.item(Style.DIM, "and " + Human.number(changes.size() - shown) + " more (--output json shows all)");
        }
    }

    private static String counts(List<Change> changes) {
        return List.of(Change.Type.values()).stream()
                .map(type -> new Object[] {
                    type, changes.stream().filter(c -> c.type() == type).count()
                })
                .filter(pair -> (long) pair[1] > 0)
                .map(pair ->
                        Human.number((long) pair[1]) + " " + pair[0].toString().toLowerCase(java.util.Locale.ROOT))
                .collect(Collectors.joining(", "));
    }

    private static int rows(Change change, Table table) {
        if (change.type() == Change.Type.CHANGED) {
            for (final Change.Field field : change.fields()) {
                table.row(false)
                        .cell(Style.CAREFUL, "~")
                        .cell(change.item().key())
                        .cell(field.name())
                        .cell(Style.BAD, shortened(field.before()))
                        .cell(Style.GOOD, shortened(field.after()));
            }
            return change.fields().size();
        }
        final boolean added = change.type() == Change.Type.ADDED;
        table.row(false)
                .cell(added ? Style.GOOD : Style.BAD, added ? "+" : "-")
                .cell(added ? Style.GOOD : Style.BAD, change.item().key())
                .note(change.fields().stream()
                        .map(field -> field.name() + " " + shortened(added ? field.after() : field.before()))
                        .collect(Collectors.joining(", ")));
        return 2;
    }

    private static String shortened(String text) {
        return text.isEmpty()
                ? "-"
                : text.length() <= MOST_CHARACTERS ? text : text.substring(0, MOST_CHARACTERS) + "...";
    }
}
