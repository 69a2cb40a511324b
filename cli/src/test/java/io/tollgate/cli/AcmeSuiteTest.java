/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tollgate.control.compiler.BundleCompiler;
import io.tollgate.v1.Reason;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The example's own tests pass, reach every rule, and show every reason that its bundle can give. */
class AcmeSuiteTest {
    private static final Path ACME =
            Path.of(System.getProperty("tollgate.root")).resolve("examples/acme");

    /** What no test of this bundle can see: it needs a failing sidecar, a client, or terms that nobody here has. */
    private static final Set<Reason> OUT_OF_REACH = EnumSet.of(
            Reason.REASON_UNSPECIFIED,
            Reason.UNRECOGNIZED,
            Reason.REASON_SNAPSHOT_MISSING,
            Reason.REASON_LEASE_EXPIRED,
            Reason.REASON_OVERLOADED,
            Reason.REASON_JOURNAL_FULL,
            Reason.REASON_INTERNAL,
            Reason.REASON_UNREACHABLE,
            // Tests ask one question at a time.
            Reason.REASON_BATCH_DENIED,
            Reason.REASON_AUDIT_UNAVAILABLE,
            // No action of the example asks for these yet.
            Reason.REASON_POLICY_ERROR,
            Reason.REASON_CONCURRENCY_EXHAUSTED,
            Reason.REASON_CREDIT_EXHAUSTED,
            Reason.REASON_WALLET_FROZEN,
            Reason.REASON_PRICE_UNKNOWN,
            Reason.REASON_CREDIT_LOW,
            Reason.REASON_IDEMPOTENCY_MISMATCH);

    @Test
    void shouldPassAndReachEveryRule() {
        Run.of("test", ACME.toString(), "--min-coverage", "100").exits(0).prints(" 0 failed.", "(100.0 %).");
    }

    @Test
    void shouldExpectEveryReasonThatItCanGive() {
        final Set<Reason> missing = EnumSet.complementOf(EnumSet.copyOf(OUT_OF_REACH));
        BundleCompiler.compile(ACME).bundle().orElseThrow().tests().stream()
                .flatMap(test -> test.steps().stream())
                .flatMap(step -> step.expectation().stream())
                .forEach(expected -> {
                    expected.verdict().reason().ifPresent(missing::remove);
                    expected.warnings()
                            .ifPresent(warnings -> warnings.forEach(warning -> missing.remove(warning.reason())));
                });
        assertEquals(EnumSet.noneOf(Reason.class), missing);
    }
}
