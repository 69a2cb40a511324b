/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.render;

import io.tollgate.cli.render.Paint.Style;
import io.tollgate.v1.ManifestSignature;
import io.tollgate.v1.PlaneBound;
import io.tollgate.v1.SectionDescriptor;
import io.tollgate.v1.SignedManifest;
import io.tollgate.v1.SnapshotManifest;
import java.util.HexFormat;
import java.util.stream.Collectors;

/** What a snapshot says about itself. */
public final class SnapshotText {
    private SnapshotText() {}

    /**
     * The manifest as a table.
     *
     * @param title first line
     * @param signed for its digest and its signatures, which are not checked here
     */
    public static String of(String title, SnapshotManifest manifest, SignedManifest signed, Paint paint) {
        return of(title, manifest, signed, manifest.getDeltaSequence(), paint);
    }

    /**
     * The same of one that may have deltas on top of it.
     *
     * @param deltaSequence the last delta in it or on top of it
     */
    public static String of(
            String title, SnapshotManifest manifest, SignedManifest signed, long deltaSequence, Paint paint) {
        final String signers = signed.getSignaturesList().stream()
                .map(ManifestSignature::getKeyId)
                .collect(Collectors.joining(", "));
        final Page page = new Page(paint);
        page.line(Style.BOLD, title);
        page.fact(
                "bundle",
                manifest.getBundle() + " version " + manifest.getVersion() + ", epoch " + manifest.getEpoch()
                        + ", registry " + manifest.getRegistryVersion());
        page.fact("digest", HexFormat.of().formatHex(signed.getSha256().toByteArray()));
        page.fact("deltas", deltas(manifest.getDeltaSequence(), deltaSequence));
        page.fact("sources", manifest.getSourceDigest());
        page.fact("created", Human.instant(manifest.getCreatedAtMs()));
        page.fact(
                "signature",
                signers.isEmpty() ? Style.STRONG_BAD : Style.NONE,
                signers.isEmpty()
                        ? "none: nothing proves who made this snapshot"
                        : "says " + signers + "; not checked here (tollgate snapshot verify --trust FILE)");
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

    private static String deltas(long contained, long last) {
        if (last == 0) {
            return "";
        }
        return "up to " + Human.number(last)
                + (last == contained ? "" : ", " + Human.number(last - contained) + " of them on top of the snapshot");
    }

    private static String bound(PlaneBound bound) {
        return Words.lower(bound.getPlane()) + " " + Human.durationMs(bound.getMaxAgeMs());
    }
}
