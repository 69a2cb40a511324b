/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.fuzz;

import com.google.protobuf.ByteString;
import io.tollgate.loader.OfflineLoader;
import io.tollgate.loader.freshness.SystemDecisionClock;
import io.tollgate.loader.transfer.RefusedException;
import io.tollgate.v1.SectionDescriptor;
import io.tollgate.v1.SignedManifest;
import io.tollgate.v1.SnapshotManifest;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Records whose signatures and digests hold: what a compromised or mistaken control plane could send. */
final class RecordsFuzz implements FuzzTarget {
    private static final Path SCRATCH = SmallSnapshot.scratch();
    private static final SignedManifest MANIFEST = SmallSnapshot.manifest(SCRATCH);
    private static OfflineLoader loader;
    private static int installed;

    public static void fuzzerTestOneInput(final byte[] data) throws Exception {
        new RecordsFuzz().run(data);
    }

    @Override
    public List<byte[]> seeds() {
        return List.of(SmallSnapshot.encode(SmallSnapshot.rows(SCRATCH)));
    }

    @Override
    public void run(final byte[] data) throws Exception {
        if (loader == null || installed++ % 500 == 0) {
            if (loader != null) {
                loader.close();
            }
            loader = OfflineLoader.open(SmallSnapshot.scratch().resolve("state"), new SystemDecisionClock(), 1, 42);
        }
        final List<SmallSnapshot.Row> rows = SmallSnapshot.decode(data);
        try {
            loader.install(manifestOf(rows), sink -> {
                for (final SmallSnapshot.Row row : rows) {
                    sink.record(
                            row.section(),
                            row.record().getKey().toByteArray(),
                            row.record().getValue().toByteArray());
                }
            });
        } catch (final RefusedException expected) {
            // refused, with a reason
        }
    }

    private static SignedManifest manifestOf(final List<SmallSnapshot.Row> rows) throws Exception {
        final Map<Integer, Long> counts = new TreeMap<>();
        rows.forEach(row -> counts.merge(row.section().getNumber(), 1L, Long::sum));
        final SnapshotManifest.Builder manifest = SnapshotManifest.parseFrom(MANIFEST.getManifest()).toBuilder();
        for (final SectionDescriptor.Builder each : manifest.getSectionsBuilderList()) {
            each.setRecordCount(counts.getOrDefault(each.getSectionValue(), 0L));
        }
        final ByteString bytes = manifest.build().toByteString();
        return SignedManifest.newBuilder()
                .setManifest(bytes)
                .setSha256(
                        ByteString.copyFrom(MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray())))
                .build();
    }
}
