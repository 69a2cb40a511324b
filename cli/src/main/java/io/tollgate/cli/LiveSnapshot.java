/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import io.tollgate.cli.diff.RecordSet;
import io.tollgate.v1.ReadSnapshotRequest;
import io.tollgate.v1.ReadSnapshotResponse;
import io.tollgate.v1.Section;
import io.tollgate.v1.SectionRecords;
import io.tollgate.v1.SignedDelta;
import io.tollgate.v1.SignedManifest;
import io.tollgate.v1.SnapshotManifest;
import io.tollgate.v1.SnapshotRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The active snapshot of a running sidecar, read through its admin port and held in memory. */
final class LiveSnapshot implements RecordSet {
    /** What stands in place of a file. */
    static final String NAME = "live";

    private final String name;
    private final SignedManifest signed;
    private final SnapshotManifest manifest;
    private final Map<Section, List<SnapshotRecord>> records;
    private final @Nullable SignedDelta lastDelta;

    private LiveSnapshot(
            String name,
            SignedManifest signed,
            @Nullable SignedDelta lastDelta,
            Map<Section, List<SnapshotRecord>> records)
            throws IOException {
        this.lastDelta = lastDelta;
        this.name = name;
        this.signed = signed;
        this.manifest = SnapshotManifest.parseFrom(signed.getManifest());
        this.records = records;
    }

    /** Reads it. @throws CommandFailure when nobody answers, or there is none */
    static LiveSnapshot read(Admin admin) throws IOException {
        final Map<Section, List<SnapshotRecord>> records = new EnumMap<>(Section.class);
        final List<SignedDelta> deltas = new ArrayList<>();
        final SignedManifest signed = admin.ask(sidecar -> {
            SignedManifest first = SignedManifest.getDefaultInstance();
            final Iterator<ReadSnapshotResponse> answers =
                    sidecar.readSnapshot(ReadSnapshotRequest.getDefaultInstance());
            while (answers.hasNext()) {
                final ReadSnapshotResponse answer = answers.next();
                if (answer.hasManifest()) {
                    first = answer.getManifest();
                } else if (answer.hasLastDelta()) {
                    deltas.add(answer.getLastDelta());
                } else {
                    final SectionRecords batch = answer.getRecords();
                    records.computeIfAbsent(batch.getSection(), s -> new ArrayList<>())
                            .addAll(batch.getRecordsList());
                }
            }
            return first;
        });
        return new LiveSnapshot(
                "the sidecar at " + admin.address, signed, deltas.isEmpty() ? null : deltas.get(0), records);
    }

    /** The last delta on top of the snapshot, which the records contain; null = none. */
    @Nullable
    SignedDelta lastDelta() {
        return lastDelta;
    }

    SignedManifest signed() {
        return signed;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public SnapshotManifest manifest() {
        return manifest;
    }

    List<SnapshotRecord> records(Section section) {
        return records.getOrDefault(section, List.of());
    }

    @Override
    public void forEach(Section section, Visitor visitor) throws IOException {
        for (final SnapshotRecord record : records(section)) {
            visitor.record(record.getKey().toByteArray(), record.getValue().toByteArray());
        }
    }
}
