/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.examples.generator;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.control.publish.SnapshotFile;
import io.tollgate.v1.CeilingRecord;
import io.tollgate.v1.PolicyRecord;
import io.tollgate.v1.RegistryRecord;
import io.tollgate.v1.ScopeRecord;
import io.tollgate.v1.Section;
import io.tollgate.v1.SnapshotManifest;
import io.tollgate.v1.SnapshotRecord;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class GeneratedSnapshotTest {
    private static final GeneratedShape SHAPE = new GeneratedShape(1_000, 3, 9);
    private static final GeneratedSnapshot.Identity IDENTITY = new GeneratedSnapshot.Identity("acme", 1, 4, 60_000);

    @TempDir
    private Path folder;

    @Test
    void shouldWriteEveryRecordInTheOrderThatSidecarsTake() throws Exception {
        final Path path = folder.resolve("a.tgsnap");
        final SnapshotManifest manifest = GeneratedSnapshot.write(new GeneratedBundle(SHAPE), path, IDENTITY, 1);
        assertEquals(4, manifest.getVersion());
        try (SnapshotFile file = SnapshotFile.open(path)) {
            file.verify();
            final List<SnapshotRecord> scopes = file.records(Section.SECTION_DIRECTORY);
            assertEquals(SHAPE.scopes(), scopes.size());
            final ScopeRecord global = ScopeRecord.parseFrom(scopes.get(0).getValue());
            assertEquals("global", global.getScope().getPath());
            final CeilingRecord requests = global.getCeilings(0);
            assertEquals(64 * GeneratedLimits.KEY_PER_MINUTE + 9, requests.getLimit());
            assertEquals(60_000, requests.getWindow().getLengthMs());
            assertEquals(3, requests.getThresholdsCount());
            final ScopeRecord key =
                    ScopeRecord.parseFrom(scopes.get(scopes.size() - 1).getValue());
            assertArrayEquals(
                    GeneratedNames.apiKeySha256(999), key.getApiKeySha256().toByteArray());
            final RegistryRecord registry = RegistryRecord.parseFrom(
                    file.records(Section.SECTION_REGISTRY).get(0).getValue());
            assertEquals(4, registry.getOperations(0).getChargesCount());
            assertEquals(1, registry.getOperations(0).getFeatureRef());
            int rules = 0;
            for (final SnapshotRecord policy : file.records(Section.SECTION_POLICY)) {
                rules += PolicyRecord.parseFrom(policy.getValue()).getRulesCount();
            }
            assertTrue(rules > GeneratedPolicies.CANDIDATES, "rules in all policies");
            assertEquals(3, file.records(Section.SECTION_ENTITLEMENT).size());
        }
    }

    @Test
    void shouldWriteTheSameBytesFromTheSameSeed() throws Exception {
        final Path first = folder.resolve("first");
        final Path second = folder.resolve("second");
        GeneratedSnapshot.write(new GeneratedBundle(SHAPE), first, IDENTITY, 1);
        GeneratedSnapshot.write(new GeneratedBundle(SHAPE), second, IDENTITY, 1);
        assertEquals(-1, Files.mismatch(first, second));
    }

    @Test
    void shouldRefuseASizeThatNamesHaveNoRoomFor() {
        final CommandLine command = Generate.commandLine();
        final StringWriter err = new StringWriter();
        command.setErr(new PrintWriter(err));
        assertEquals(
                2,
                command.execute(
                        "--principals", "20000001", "-o", folder.resolve("x").toString()));
        assertTrue(err.toString().contains("principals 20000001: must be from 1 to 20000000"), err.toString());
    }
}
