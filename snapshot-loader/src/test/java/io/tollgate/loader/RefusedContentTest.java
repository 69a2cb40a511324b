/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.tollgate.loader.fixture.SampleSnapshot;
import io.tollgate.loader.fixture.SnapshotBuilder;
import io.tollgate.loader.transfer.SnapshotVersion;
import io.tollgate.v1.CapacityPoolRecord;
import io.tollgate.v1.CeilingRecord;
import io.tollgate.v1.CeilingSharing;
import io.tollgate.v1.EntitlementRecord;
import io.tollgate.v1.EntitlementSetRecord;
import io.tollgate.v1.PolicyRecord;
import io.tollgate.v1.PriceBookRecord;
import io.tollgate.v1.PriceRecord;
import io.tollgate.v1.RuleRecord;
import io.tollgate.v1.ScopeLevel;
import io.tollgate.v1.ScopeRecord;
import io.tollgate.v1.ScopeRef;
import io.tollgate.v1.Section;
import io.tollgate.v1.SnapshotRecord;
import io.tollgate.v1.WalletRecord;
import io.tollgate.v1.WindowRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots whose bytes are in order and whose records do not make sense: refused, with the record named. */
class RefusedContentTest {
    @TempDir
    Path root;

    private int cases;

    private DynamicTest refused(String what, String named, Consumer<SnapshotBuilder> change) {
        return DynamicTest.dynamicTest(what, () -> {
            SnapshotBuilder builder = SampleSnapshot.of(8);
            change.accept(builder);
            SnapshotBuilder.Built bad = builder.build();
            Path stateDir = root.resolve("case-" + cases++);
            try (LoaderHarness harness = new LoaderHarness(stateDir)) {
                harness.install(SampleSnapshot.of(7).build());
                harness.install(bad);
                String cause = harness.lastInstallFailure();
                assertEquals(new SnapshotVersion(1, 7), harness.active(), cause);
                assertEquals(1, harness.status().installs().refused(), cause);
                assertTrue(cause.contains(named), cause);
                assertFalse(Files.exists(stateDir.resolve("snapshots/1-8")));
            }
        });
    }

    private static void scope(SnapshotBuilder snapshot, ScopeRecord.Builder record) {
        SampleSnapshot.scope(snapshot, record);
    }

    private static void organizationWith(SnapshotBuilder snapshot, CeilingRecord.Builder ceiling) {
        scope(
                snapshot,
                SampleSnapshot.scopeRecord(ScopeLevel.SCOPE_LEVEL_ORGANIZATION, "org:bad", "bad", "global")
                        .addCeilings(ceiling));
    }

    @TestFactory
    Stream<DynamicTest> shouldRefuseScopesThat() {
        return Stream.of(
                refused(
                        "a parent that does not exist",
                        "org:acme/user:eve",
                        s -> scope(
                                s, SampleSnapshot.principal("org:acme", "eve").setParentPath("org:nowhere"))),
                refused(
                        "a scope that comes twice",
                        "org:acme/user:ada",
                        s -> scope(s, SampleSnapshot.principal("org:acme", "ada"))),
                refused(
                        "a scope under another key",
                        "org:acme/user:mallory",
                        s -> s.add(
                                Section.SECTION_DIRECTORY,
                                "org:acme/user:mallory",
                                SampleSnapshot.principal("org:acme", "eve").build())),
                refused(
                        "an unknown actor type",
                        "org:acme/user:eve",
                        s -> scope(
                                s, SampleSnapshot.principal("org:acme", "eve").setActorType("alien"))),
                refused(
                        "an unknown state",
                        "state number 9",
                        s -> scope(
                                s, SampleSnapshot.principal("org:acme", "eve").setStateValue(9))),
                refused("no global scope", "global", s -> s.remove(Section.SECTION_DIRECTORY, "global")),
                refused(
                        "an entitlement set that does not exist",
                        "set-acme",
                        s -> s.remove(Section.SECTION_ENTITLEMENT, "set-acme")));
    }

    @TestFactory
    Stream<DynamicTest> shouldRefuseCeilingsWith() {
        return Stream.of(
                refused(
                        "a dimension that does not exist",
                        "dimension",
                        s -> organizationWith(
                                s, SampleSnapshot.monthly(5).toBuilder().setDimensionId(77))),
                refused(
                        "a negative limit",
                        "org:bad",
                        s -> organizationWith(s, SampleSnapshot.monthly(-5).toBuilder())),
                refused(
                        "a rate beyond one a nanosecond",
                        "limit of the rate",
                        s -> organizationWith(s, SampleSnapshot.rate(60_000_000_001L).toBuilder())),
                refused(
                        "a burst of nothing",
                        "burst",
                        s -> organizationWith(
                                s, SampleSnapshot.rate(10).toBuilder().setBurst(0))),
                refused(
                        "a rate over longer than a year",
                        "366 days",
                        s -> organizationWith(
                                s,
                                SampleSnapshot.rate(10).toBuilder()
                                        .setWindow(WindowRecord.newBuilder().setLengthMs(Long.MAX_VALUE)))),
                refused(
                        "a period that does not exist",
                        "period number 99",
                        s -> organizationWith(
                                s,
                                SampleSnapshot.monthly(5).toBuilder()
                                        .setWindow(WindowRecord.newBuilder().setPeriodValue(99)))),
                refused(
                        "a time zone that does not exist",
                        "Mars/Olympus",
                        s -> organizationWith(
                                s,
                                SampleSnapshot.monthly(5).toBuilder()
                                        .setWindow(WindowRecord.newBuilder()
                                                .setPeriodValue(7)
                                                .setTimeZone("Mars/Olympus")))),
                refused(
                        "a ceiling neither shared nor each",
                        "sharing number 0",
                        s -> organizationWith(
                                s,
                                SampleSnapshot.monthly(5).toBuilder()
                                        .setSharing(CeilingSharing.CEILING_SHARING_UNSPECIFIED))));
    }

    @TestFactory
    Stream<DynamicTest> shouldRefusePoliciesAndEntitlementsWith() {
        return Stream.of(
                refused(
                        "a policy of no scope",
                        "org:nowhere",
                        s -> s.add(
                                Section.SECTION_POLICY,
                                "org:nowhere",
                                PolicyRecord.newBuilder()
                                        .setScope(ScopeRef.newBuilder()
                                                .setLevel(ScopeLevel.SCOPE_LEVEL_ORGANIZATION)
                                                .setPath("org:nowhere"))
                                        .build())),
                refused(
                        "a rule about no operation of the registry",
                        "org:acme",
                        s -> s.add(
                                Section.SECTION_POLICY,
                                "org:acme",
                                PolicyRecord.newBuilder()
                                        .setScope(ScopeRef.newBuilder()
                                                .setLevel(ScopeLevel.SCOPE_LEVEL_ORGANIZATION)
                                                .setPath("org:acme"))
                                        .addRules(RuleRecord.newBuilder()
                                                .setId("r")
                                                .setEffectValue(1)
                                                .addOperationIds(44))
                                        .build())),
                refused(
                        "a condition that nobody can evaluate",
                        "request.hour",
                        s -> s.add(
                                Section.SECTION_POLICY,
                                "org:acme",
                                PolicyRecord.newBuilder()
                                        .setScope(ScopeRef.newBuilder()
                                                .setLevel(ScopeLevel.SCOPE_LEVEL_ORGANIZATION)
                                                .setPath("org:acme"))
                                        .addRules(RuleRecord.newBuilder()
                                                .setId("r")
                                                .setEffectValue(1)
                                                .addOperationIds(0)
                                                .setConditionSource("request.hour < 12"))
                                        .build())),
                refused(
                        "a feature that does not exist",
                        "set-b",
                        s -> s.add(
                                Section.SECTION_ENTITLEMENT,
                                "set-b",
                                EntitlementSetRecord.newBuilder()
                                        .setId("set-b")
                                        .addEntitlements(
                                                EntitlementRecord.newBuilder().setFeatureId(9))
                                        .build())));
    }

    @TestFactory
    Stream<DynamicTest> shouldRefuseTheRestWith() {
        return Stream.of(
                refused(
                        "a wallet of no scope",
                        "wallet 'w2': scope 'org:nowhere'",
                        s -> s.add(
                                Section.SECTION_WALLET,
                                "w2",
                                WalletRecord.newBuilder()
                                        .setId("w2")
                                        .setScopePath("org:nowhere")
                                        .build())),
                refused(
                        "a price of no dimension",
                        "price 'p2': dimension 5",
                        s -> s.add(
                                Section.SECTION_PRICE,
                                "p2",
                                PriceBookRecord.newBuilder()
                                        .setId("p2")
                                        .addPrices(PriceRecord.newBuilder()
                                                .setDimensionId(5)
                                                .setPerQuantity(1))
                                        .build())),
                refused(
                        "a registry under another key",
                        "registry 'second'",
                        s -> s.add(Section.SECTION_REGISTRY, "second", SampleSnapshot.registry())),
                refused("no registry record", "registry", s -> s.remove(Section.SECTION_REGISTRY, "registry")
                        .add(Section.SECTION_REGISTRY, "x", SampleSnapshot.registry())),
                refused(
                        "a record that is no message",
                        "capacity 'c3' does not parse",
                        s -> s.add(
                                Section.SECTION_CAPACITY,
                                "c3",
                                SnapshotRecord.newBuilder()
                                        .setKey(ByteString.copyFrom(new byte[] {(byte) 0xFF}))
                                        .build())));
    }

    @TestFactory
    Stream<DynamicTest> shouldRefuseCapacityWith() {
        return Stream.of(
                refused(
                        "a pool reserved for nobody",
                        "capacity 'c2'",
                        s -> s.add(
                                Section.SECTION_CAPACITY,
                                "c2",
                                CapacityPoolRecord.newBuilder()
                                        .setId("c2")
                                        .setDimensionId(SampleSnapshot.MACHINES)
                                        .setReservedForPath("org:nowhere")
                                        .build())),
                refused(
                        "a pool of what is no capacity",
                        "pool 'c4' holds dimension 'llm.tokens'",
                        s -> s.add(
                                Section.SECTION_CAPACITY,
                                "c4",
                                CapacityPoolRecord.newBuilder()
                                        .setId("c4")
                                        .setDimensionId(SampleSnapshot.TOKENS)
                                        .build())),
                refused(
                        "a pool for an attribute that nobody has",
                        "attribute 'resource.x'",
                        s -> s.add(
                                Section.SECTION_CAPACITY,
                                "c5",
                                CapacityPoolRecord.newBuilder()
                                        .setId("c5")
                                        .setDimensionId(SampleSnapshot.MACHINES)
                                        .putMatch("resource.x", "y")
                                        .build())),
                refused(
                        "a pool observed when nothing could be",
                        "observed at 1 ms",
                        s -> s.add(
                                Section.SECTION_CAPACITY,
                                "c6",
                                CapacityPoolRecord.newBuilder()
                                        .setId("c6")
                                        .setDimensionId(SampleSnapshot.MACHINES)
                                        .setObservedAtMs(1)
                                        .build())));
    }
}
