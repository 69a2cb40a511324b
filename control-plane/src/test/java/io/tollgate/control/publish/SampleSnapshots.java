/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.publish;

import io.tollgate.control.source.PrincipalName;
import io.tollgate.control.source.ScopePath;
import io.tollgate.v1.EntityState;
import io.tollgate.v1.Plane;
import io.tollgate.v1.PlaneBound;
import io.tollgate.v1.RegistryRecord;
import io.tollgate.v1.ScopeRecord;
import io.tollgate.v1.Section;
import io.tollgate.v1.SnapshotManifest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Snapshots made without a bundle. */
final class SampleSnapshots {
    private SampleSnapshots() {}

    static SnapshotFacts facts() {
        return new SnapshotFacts(
                "sample",
                1,
                1,
                1,
                1_000,
                List.of(PlaneBound.newBuilder()
                        .setPlane(Plane.PLANE_POLICY)
                        .setMaxAgeMs(60_000)
                        .build()),
                "",
                60_000);
    }

    static ScopeRecord scope(ScopePath path, String parent) {
        return ScopeRecord.newBuilder()
                .setScope(path.ref())
                .setId(path.id())
                .setParentPath(parent)
                .setState(EntityState.ENTITY_STATE_ACTIVE)
                .build();
    }

    static void add(SnapshotWriter writer, ScopeRecord scope) throws IOException {
        writer.add(Section.SECTION_DIRECTORY, scope.getScope().getPath(), scope);
    }

    static void addRegistry(SnapshotWriter writer) throws IOException {
        writer.add(
                Section.SECTION_REGISTRY,
                "registry",
                RegistryRecord.newBuilder().setVersion(1).build());
    }

    /** Organizations of 1,000 principals each; texts that do not compress well. */
    static SnapshotManifest write(Path file, int principals) throws IOException {
        try (SnapshotWriter writer = SnapshotWriter.begin(file, facts())) {
            addRegistry(writer);
            add(writer, scope(ScopePath.GLOBAL, ""));
            for (int i = 0; i < principals; i++) {
                String organization = "o" + i / 1_000;
                if (i % 1_000 == 0) {
                    add(writer, scope(ScopePath.organization(organization), "global"));
                }
                ScopePath path = ScopePath.principal(organization, new PrincipalName("user", "u" + i));
                add(
                        writer,
                        scope(path, "org:" + organization).toBuilder()
                                .setDisplayName(Long.toHexString(i * 0x9e3779b97f4a7c15L) + Long.toHexString(i * 31L))
                                .build());
            }
            return writer.finish();
        }
    }
}
