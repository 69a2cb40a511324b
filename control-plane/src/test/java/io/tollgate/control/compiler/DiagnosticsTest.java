/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.control.source.Code;
import io.tollgate.control.source.Diagnostic;
import io.tollgate.control.source.Diagnostic.Severity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of mistake is found, at its place, with the way to mend it, and alone: one mistake is one finding. */
class DiagnosticsTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-20T12:00:00Z"));

    @TempDir
    Path dir;

    static List<Finding> findings() {
        return Stream.of(
                        ReadingFindings.ALL,
                        MeaningFindings.REGISTRY_AND_DIRECTORY,
                        MeaningFindings.POLICIES_AND_LIMITS,
                        OverrideFindings.ALL,
                        BillingFindings.ALL,
                        CreditFindings.ALL,
                        ConditionFindings.ALL,
                        WarningFindings.ALL)
                .flatMap(Collection::stream)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("findings")
    void shouldFindTheMistakeAtItsPlace(Finding finding) {
        TinyBundle bundle = finding.edit().apply(new TinyBundle());
        CompileResult result = BundleCompiler.compile(bundle.write(dir), CLOCK);

        List<Diagnostic> all = result.diagnostics();
        List<Diagnostic> found =
                all.stream().filter(d -> d.code() == finding.code()).toList();
        assertFalse(found.isEmpty(), () -> "no " + finding.code().label() + " among " + all);
        Severity severity = found.get(0).severity();
        List<Diagnostic> alike =
                all.stream().filter(d -> d.severity() == severity).toList();
        assertEquals(1, alike.size(), () -> "one mistake, one finding: " + alike);

        Diagnostic diagnostic = found.get(0);
        if (!bundle.marks().isEmpty()) {
            assertEquals(bundle.marks().get(0), diagnostic.position().toString(), diagnostic::toString);
        }
        assertTrue(
                (diagnostic.message() + " " + diagnostic.remedy()).contains(finding.text()),
                () -> "'" + finding.text() + "' is not in " + diagnostic);
        assertFalse(diagnostic.remedy().isBlank(), "every finding says how to mend it");
        assertEquals(
                severity == Severity.WARNING, result.bundle().isPresent(), "errors alone keep it from publication");
    }

    @Test
    void shouldNotTakeAConditionalDenyForOneThatAlwaysDenies() {
        TinyBundle bundle = new TinyBundle()
                .edit(
                        "policies/c-acme.yaml",
                        "rules:\n",
                        "rules:\n  - {id: no, effect: deny, what: {products: [llm]}, when: place.tier == 'gold'}\n");

        CompileResult result = BundleCompiler.compile(bundle.write(dir), CLOCK);

        assertEquals(List.of(), result.diagnostics());
        assertTrue(result.bundle().isPresent());
    }

    @Test
    void shouldFindEveryMistakeOfEveryCondition() {
        TinyBundle bundle = new TinyBundle()
                .edit(
                        "policies/c-acme.yaml",
                        "effect: allow\n",
                        "effect: allow\n    when: actor.levl > 1 && place.teir > 'x'\n")
                .edit("policies/a-global.yaml", "effect: delegate,", "effect: delegate, when: 'time.now > 3',");

        List<String> places = BundleCompiler.compile(bundle.write(dir), CLOCK).diagnostics().stream()
                .map(d -> d.position().toString())
                .toList();

        assertEquals(
                List.of("policies/a-global.yaml:3:49", "policies/c-acme.yaml:5:11", "policies/c-acme.yaml:5:29"),
                places);
    }

    @Test
    void shouldHaveACaseForEveryCode() {
        Set<Code> missing = EnumSet.allOf(Code.class);
        findings().forEach(finding -> missing.remove(finding.code()));
        // These two are about directories, see below.
        missing.removeAll(EnumSet.of(Code.IO, Code.NO_BUNDLE));
        assertEquals(Set.of(), missing);
    }

    @Test
    void shouldFindNothingInTheTinyBundle() {
        CompileResult result = BundleCompiler.compile(new TinyBundle().write(dir), CLOCK);

        assertEquals(List.of(), result.diagnostics());
        assertTrue(result.bundle().isPresent());
    }

    @Test
    void shouldShowAllMistakesOfARunSortedByPlace() {
        TinyBundle bundle = new TinyBundle()
                .edit("limits/limits.yaml", "limit: 600", "limit: many")
                .edit("limits/limits.yaml", "per: daily", "per: dayly")
                .edit("policies/c-acme.yaml", "effect: allow", "effect: alow")
                .edit("directory/directory.yaml", "department: lab", "department: labb")
                .edit("tollgate.yaml", "policy: 2m", "polcy: 2m");

        List<String> places = BundleCompiler.compile(bundle.write(dir), CLOCK).diagnostics().stream()
                .map(d -> d.position().file())
                .toList();

        assertEquals(
                List.of(
                        "directory/directory.yaml",
                        "limits/limits.yaml",
                        "limits/limits.yaml",
                        "policies/c-acme.yaml",
                        "tollgate.yaml"),
                places);
    }

    @Test
    void shouldSayThatADirectoryIsNoBundle() {
        Diagnostic diagnostic = BundleCompiler.compile(dir, CLOCK).diagnostics().get(0);

        assertEquals(Code.NO_BUNDLE, diagnostic.code());
        assertTrue(diagnostic.message().contains(dir.toString()), diagnostic::toString);
    }

    @Test
    void shouldSayThatAFileCannotBeRead() throws IOException {
        Path bundle = new TinyBundle().write(dir);
        Files.delete(bundle.resolve("limits/limits.yaml"));
        Files.createSymbolicLink(bundle.resolve("limits/limits.yaml"), Path.of("nowhere"));

        Diagnostic diagnostic =
                BundleCompiler.compile(bundle, CLOCK).diagnostics().get(0);

        assertEquals(Code.IO, diagnostic.code());
        assertEquals("limits/limits.yaml", diagnostic.file());
    }

    @Test
    void shouldNeverShowWhatMayBeAKey() {
        String secret = "sk-live-" + "q".repeat(40);
        TinyBundle bundle = new TinyBundle().edit("directory/directory.yaml", "a".repeat(64), secret);

        String text =
                BundleCompiler.compile(bundle.write(dir), CLOCK).diagnostics().toString();

        assertFalse(text.contains("qqqq"), text);
    }

    @Test
    void shouldKeepTheFirstFindingsOfABundleFullOfMistakes() {
        StringBuilder rules = new StringBuilder("scope: org:acme\nrules:\n");
        for (int i = 0; i < 6_000; i++) {
            rules.append("  - {id: r").append(i).append(", effect: allw, what: {products: [llm]}}\n");
        }
        CompileResult result = BundleCompiler.compile(
                new TinyBundle().file("policies/z.yaml", rules.toString()).write(dir), CLOCK);

        assertEquals(5_001, result.diagnostics().size());
        assertTrue(result.diagnostics().get(5_000).message().contains("and 1000 more"));
    }
}
