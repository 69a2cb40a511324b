/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.control.compiler.BundleCompiler;
import io.tollgate.control.compiler.CompileResult;
import io.tollgate.control.compiler.CompiledBundle;
import io.tollgate.control.compiler.TinyBundle;
import io.tollgate.v1.DeltaChange;
import io.tollgate.v1.Section;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What changed, in which order, and whether a sidecar can patch what it has. */
class ComparisonTest {
    private static final String LIMITS = "limits/limits.yaml";
    private static final String DIRECTORY = "directory/directory.yaml";
    private static final String BILLING = "billing/billing.yaml";

    @TempDir
    Path dir;

    private int bundles;

    private CompiledBundle compile(TinyBundle bundle) {
        CompileResult result = BundleCompiler.compile(bundle.write(dir.resolve("b" + bundles++)));
        return result.bundle().orElseThrow(() -> new AssertionError(result.diagnostics()));
    }

    private static TinyBundle base() {
        return new TinyBundle()
                .file(
                        "limits/each.yaml",
                        "limits:\n  org:acme:\n    own: {dimension: gpu.time, limit: 4 gpu_hour, per: daily, each: project}\n")
                .append(DIRECTORY, "  empty: {}\n")
                .file(
                        "limits/empty.yaml",
                        "limits:\n  org:empty:\n    own: {dimension: gpu.time, limit: 4 gpu_hour, per: daily, each: project}\n");
    }

    private ChangeSet changes(UnaryOperator<TinyBundle> edit) throws IOException {
        RecordTable table = new RecordTable();
        compile(base()).forEachRecord(table::put);
        CompiledBundle after = compile(edit.apply(base()));
        ChangeSet changes = Comparison.of(table, after);
        RecordTable fresh = new RecordTable();
        after.forEachRecord(fresh::put);
        assertEquals(fresh.stateDigest(), changes.stateDigest());
        if (changes.isLocal()) {
            for (DeltaChange change : changes.changes()) {
                table.apply(change);
            }
            assertEquals(fresh.stateDigest(), table.stateDigest());
            assertEquals(fresh.size(), table.size());
            assertTrue(Comparison.of(table, after).isEmpty());
        }
        return changes;
    }

    private void isLocal(int records, UnaryOperator<TinyBundle> edit) throws IOException {
        ChangeSet changes = changes(edit);
        assertEquals("", changes.whole());
        assertEquals(records, changes.changedRecords(), () -> changes.changes().toString());
        assertEquals(records, changes.changes().size());
    }

    private void isWhole(String why, UnaryOperator<TinyBundle> edit) throws IOException {
        ChangeSet changes = changes(edit);
        assertTrue(changes.whole().contains(why), changes::whole);
        assertEquals(List.of(), changes.changes());
    }

    @Test
    void shouldFindNothingWhereNothingHasChanged() throws IOException {
        isLocal(0, bundle -> bundle);
        isLocal(0, bundle -> bundle.append(LIMITS, "# a comment\n"));
    }

    @Test
    void shouldPatchWhatConcernsTheChangedScopesAlone() throws IOException {
        isLocal(1, bundle -> bundle.edit(LIMITS, "limit: 600", "limit: 500"));
        isLocal(1, bundle -> bundle.edit(DIRECTORY, "{level: 3}", "{level: 4}"));
        isLocal(1, bundle -> bundle.edit(DIRECTORY, "roles: [engineer]", "roles: [admin]"));
        isLocal(1, bundle -> bundle.edit(DIRECTORY, "  user:ana:", "  user:bea: {}\n      user:ana:"));
        isLocal(2, bundle -> bundle.append(DIRECTORY, "  next:\n    principals:\n      user:eve: {}\n"));
        isLocal(1, bundle -> bundle.edit("policies/c-acme.yaml", "products: [llm]", "products: [gpu]"));
        isLocal(1, bundle -> bundle.edit(BILLING, "credits_available: 40", "credits_available: 39"));
        isLocal(1, bundle -> bundle.edit(BILLING, "amount: 0.5", "amount: 0.6"));
        isLocal(1, bundle -> bundle.edit("capacity/pools.yaml", "available: 3", "available: 4"));
    }

    @Test
    void shouldPatchALimitForEachWhereThereIsNobodyBelow() throws IOException {
        isLocal(
                1,
                bundle -> bundle.file(
                        "limits/empty.yaml",
                        "limits:\n  org:empty:\n    own: {dimension: gpu.time, limit: 5 gpu_hour, per: daily, each: project}\n"));
        isWhole("limits of org:acme", bundle -> bundle.edit("limits/each.yaml", "limit: 4", "limit: 5"));
        isWhole("limits of org:acme", bundle -> bundle.without("limits/each.yaml"));
    }

    @Test
    void shouldNotPatchWhatOthersCopy() throws IOException {
        isWhole("the registry", bundle -> bundle.edit("registry/registry.yaml", "version: 3", "version: 4"));
        isWhole(
                "the registry",
                bundle -> bundle.edit("registry/registry.yaml", "actor_types: [user", "actor_types: [bot, user"));
        isWhole(
                "the place of scope org:acme/project:rag",
                bundle -> bundle.edit(DIRECTORY, "rag: {department: lab}", "rag: {}"));
        isWhole(
                "the place of scope org:acme/key:prod",
                bundle -> bundle.edit(DIRECTORY, "sha256: aaaa", "sha256: aaab"));
        isWhole(
                "the place of scope org:acme/key:prod",
                bundle -> bundle.edit(DIRECTORY, "owner: service:bot", "owner: user:ana"));
        isWhole("the place of scope org:acme has changed", bundle -> bundle.edit(
                        BILLING, "customers:\n  acme: {}", "customers:\n  acme: {}\n  empty: {}")
                .edit(BILLING, "{customer: acme, plan: pro", "{customer: empty, plan: pro")
                .edit(BILLING, "customer: acme\n", "customer: empty\n"));
    }

    @Test
    void shouldRemoveLeavesFirstAndAfterEverythingElse() throws IOException {
        ChangeSet changes = changes(bundle -> bundle.edit(DIRECTORY, "  empty: {}\n", "  more: {}\n")
                .without("limits/empty.yaml")
                .edit(DIRECTORY, "      user:ana: {roles: [engineer], attributes: {level: 3}}\n", "")
                .without("tests/tests.yaml"));
        assertEquals("", changes.whole());
        List<String> done = changes.changes().stream()
                .map(change ->
                        (change.getRemove() ? "-" : "+") + change.getKey().toStringUtf8())
                .toList();
        assertEquals(List.of("+org:more", "-org:empty", "-org:acme/user:ana"), done);
    }

    @Test
    void shouldPublishWholeWhatIsTooMuchForOneDelta() throws IOException {
        isWhole("more than 10000 records", bundle -> {
            StringBuilder users = new StringBuilder("      user:ana:");
            for (int i = 0; i <= ChangeSet.MAX_CHANGES; i++) {
                users.insert(0, "      user:u" + i + ": {}\n");
            }
            return bundle.edit(DIRECTORY, "      user:ana:", users.toString());
        });
        isWhole("more than 1044480 bytes", bundle -> {
            StringBuilder users = new StringBuilder("      user:ana:");
            for (int i = 0; i < 2_000; i++) {
                users.insert(0, "      user:u" + i + ": {name: " + "n".repeat(1_000) + "}\n");
            }
            return bundle.edit(DIRECTORY, "      user:ana:", users.toString());
        });
    }

    @Test
    void shouldKeepItsTableRightThroughManyRemovals() throws IOException {
        RecordTable table = new RecordTable();
        for (int i = 0; i < 5_000; i++) {
            table.put(Section.SECTION_PRICE, ("book" + i).getBytes(), new byte[] {(byte) i});
        }
        for (int i = 0; i < 5_000; i++) {
            if (i % 10 != 0) {
                assertTrue(table.remove(Section.SECTION_PRICE, ("book" + i).getBytes()));
            }
        }
        for (int i = 5_000; i < 6_000; i++) {
            table.put(Section.SECTION_PRICE, ("book" + i).getBytes(), new byte[] {(byte) i});
            table.put(Section.SECTION_PRICE, "book10".getBytes(), new byte[] {(byte) i, 1});
        }
        RecordTable expected = new RecordTable();
        for (int i = 0; i < 6_000; i++) {
            if (i % 10 == 0 || i >= 5_000) {
                byte[] value = i == 10 ? new byte[] {(byte) 5_999, 1} : new byte[] {(byte) i};
                expected.put(Section.SECTION_PRICE, ("book" + i).getBytes(), value);
            }
        }
        assertEquals(1_500, table.size());
        assertEquals(expected.stateDigest(), table.stateDigest());
    }
}
