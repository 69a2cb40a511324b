/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.render;

import io.tollgate.cli.render.Paint.Style;
import io.tollgate.v1.PlaneBound;
import io.tollgate.v1.SectionDescriptor;
import io.tollgate.v1.SnapshotManifest;
import java.util.stream.Collectors;

/** What a snapshot says about itself. */
public final class SnapshotText {
    private SnapshotText() {}

    /**
     * The manifest as a table.
     *
     * @param title first line
     * @param digest SHA-256 of the manifest, lower-case hex
     * @param signatures how many; they are not checked here
     */
    public static String of(String title, SnapshotManifest manifest, String digest, int signatures, Paint paint) {
        final Page page = new Page(paint);
        page.line(Style.BOLD, title);
        page.fact(
                "bundle",
                manifest.getBundle() + " version " + manifest.getVersion() + ", epoch " + manifest.getEpoch()
                        + ", registry " + manifest.getRegistryVersion());
        page.fact("digest", digest);
        page.fact("sources", manifest.getSourceDigest());
        page.fact("created", Human.instant(manifest.getCreatedAtMs()));
        page.fact(
                "signature",
                signatures == 0 ? Style.STRONG_BAD : Style.NONE,
                signatures == 0 ? "none: nothing proves who made this snapshot" : Human.count(signatures, "signature"));
        page.fact(
                "may be old",
                manifest.getPlaneBoundsList().stream().map(SnapshotText::bound).collect(Collectors.joining(", ")));
        final Table sections =
                new Table().text("section").number("records").number("chunks").number("size");
        for (SectionDescriptor section : manifest.getSectionsList()) {
            sections.row(false)
                    .cell(Words.of(section.getSection()))
                    .cell(Human.number(section.getRecordCount()))
                    .cell(Human.number(section.getChunkCount()))
                    .cell(Human.bytes(section.getLengthBytes()));
        }
        page.table("Sections", sections);
        return page.toString();
    }

    private static String bound(PlaneBound bound) {
        return Words.lower(bound.getPlane()) + " " + Human.durationMs(bound.getMaxAgeMs());
    }
}
