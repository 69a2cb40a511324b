/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.control.source.Diagnostic;
import io.tollgate.v1.CeilingRecord;
import io.tollgate.v1.OverrideRecord;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What overrides compile to. */
class OverridesTest {
    private static final String LIMITS = "limits/limits.yaml";
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

    @TempDir
    Path dir;

    private CeilingRecord compile(TinyBundle bundle, Instant now, String scope, String id) {
        CompileResult result = BundleCompiler.compile(bundle.write(dir), InstantSource.fixed(now));
        Optional<CompiledBundle> compiled = result.bundle();
        assertTrue(compiled.isPresent(), () -> "does not compile: " + result.diagnostics());
        return compiled.get().scopes().stream()
                .filter(node -> node.getScope().getPath().equals(scope))
                .flatMap(node -> node.getCeilingsList().stream())
                .filter(ceiling -> ceiling.getId().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static TinyBundle raised() {
        return new TinyBundle()
                .edit(LIMITS, "limit: 5 gpu_hour,", "limit: 5 gpu_hour, delegable_up_to: 8 gpu_hour,")
                .append(LIMITS, OverrideFindings.RAISE);
    }

    @Test
    void shouldKeepTheLimitAndAddWhatTakesItsPlace() {
        CeilingRecord day = compile(raised(), NOW, "org:acme", "day");

        assertEquals(18_000_000, day.getLimit(), "what counts again afterwards");
        assertEquals("limits", day.getOrigin());
        assertEquals(28_800_000, day.getDelegableUpTo());
        OverrideRecord override = day.getOverride();
        assertEquals("o1", override.getId());
        assertEquals(28_800_000, override.getLimit());
        assertFalse(override.getUnlimited());
        assertEquals(Instant.parse("2199-01-01T00:00:00Z").toEpochMilli(), override.getExpiresAtMs());
        assertEquals("limits/limits.yaml:8:5", override.getSource());
        assertEquals("launch", override.getReason());
        assertEquals("ana", override.getRequestedBy());
        assertEquals("eve", override.getApprovedBy());
        assertFalse(compile(raised(), NOW, "org:acme", "tpm").hasOverride());
    }

    @Test
    void shouldLowerWithNobodysApproval() {
        CeilingRecord day = compile(
                new TinyBundle().append(LIMITS, OverrideFindings.OVERRIDE.replace("new_limit: 9", "new_limit: 0")),
                NOW,
                "org:acme",
                "day");

        assertTrue(day.hasOverride());
        assertEquals(0, day.getOverride().getLimit());
    }

    @Test
    void shouldLowerWhatWasBought() {
        CeilingRecord tokens = compile(
                new TinyBundle()
                        .append(
                                LIMITS,
                                OverrideFindings.OVERRIDE.replace("limit_id: day", "limit_id: entitlement:tokens")),
                NOW,
                "org:acme",
                "entitlement:tokens");

        assertEquals(1_000, tokens.getLimit());
        assertEquals(9, tokens.getOverride().getLimit());
    }

    @Test
    void shouldCompileTheSameBeforeAndAfterTheExpiry() {
        CeilingRecord before = compile(raised(), NOW, "org:acme", "day");
        CeilingRecord after = compile(raised(), Instant.parse("2200-01-01T00:00:00Z"), "org:acme", "day");

        assertEquals(before, after, "the sidecar looks at its own clock");
    }

    @Test
    void shouldChangeTheBurstOfARateInProportion() {
        assertEquals(90, burst("new_limit: 900", 60), "60 of 600 are 90 of 900");
        assertEquals(10, burst("new_limit: 105", 60), "rounded down");
        assertEquals(1, burst("new_limit: 1", 60), "at least 1");
        assertEquals(1, burst("new_limit: 0", 60), "and of nothing the least, which 0 per window never gives");
        assertEquals(105, burst("new_limit: 105", 600), "a burst that was the limit is the limit");
    }

    private long burst(String newLimit, long own) {
        TinyBundle bundle = new TinyBundle()
                .edit(
                        LIMITS,
                        "limit: 600, per: 1m, burst: 60",
                        "limit: 600, per: 1m, burst: " + own + ", delegable_up_to: 900")
                .append(LIMITS, OverrideFindings.RAISE.replace("day, new_limit: 8 gpu_hour", "tpm, " + newLimit));
        return compile(bundle, NOW, "org:acme", "tpm").getOverride().getBurst();
    }

    @Test
    void shouldGiveWhatHadNoBoundTheLimitAsBurst() {
        TinyBundle bundle = new TinyBundle()
                .edit(LIMITS, "limit: 600, per: 1m, burst: 60", "limit: unlimited, per: 1m")
                .append(LIMITS, OverrideFindings.OVERRIDE.replace("day, new_limit: 9", "tpm, new_limit: 700"));

        OverrideRecord override = compile(bundle, NOW, "org:acme", "tpm").getOverride();
        assertEquals(700, override.getLimit());
        assertEquals(700, override.getBurst());
    }

    @Test
    void shouldTakeAParentsOverrideIntoAccount() {
        TinyBundle bundle = new TinyBundle()
                .edit(LIMITS, "limit: 600,", "limit: 600, delegable_up_to: 900,")
                .edit(LIMITS, "limit: 60,", "limit: 60, delegable_up_to: 700,")
                .append(LIMITS, OverrideFindings.rag("700"))
                .append(
                        LIMITS,
                        "  - {id: o2, scope: org:acme, limit_id: tpm, new_limit: 700, expires: 2199-01-01, reason: r,"
                                + " requested_by: ana, approved_by: eve}\n");

        CompileResult result = BundleCompiler.compile(bundle.write(dir), InstantSource.fixed(NOW));
        assertEquals(
                List.of(),
                result.diagnostics().stream().map(Diagnostic::toString).toList());
    }

    @Test
    void shouldSayOneThingAboutAnOverrideOfABrokenLimit() {
        TinyBundle bundle = new TinyBundle()
                .edit(LIMITS, "limit: 5 gpu_hour", "limit: 5 token")
                .append(LIMITS, OverrideFindings.OVERRIDE);

        CompileResult result = BundleCompiler.compile(bundle.write(dir), InstantSource.fixed(NOW));
        assertEquals(1, result.diagnostics().size(), () -> String.valueOf(result.diagnostics()));
    }
}
