/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import io.tollgate.client.DecisionRequest;
import io.tollgate.client.TollgateClient;
import io.tollgate.control.compiler.BundleTest;
import io.tollgate.control.compiler.CompiledBundle;
import io.tollgate.v1.DecideMode;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Usage;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** A call to try first: one of the bundle's own tests that the sidecar allows, as a command line. */
final class SampleCall {
    private static final int MAX_TRIES = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private SampleCall() {}

    /**
     * The first of the bundle's tests (those of one step before sequences), as a CHECK, that is allowed right now, one
     * with an amount if there is one; else the first that can be written as flags.
     */
    static Optional<DecideRequest> find(CompiledBundle bundle, TollgateClient client) {
        final List<DecideRequest> candidates = bundle.tests().stream()
                .sorted(Comparator.comparing(test -> test.steps().size() > 1))
                .map(test -> test.steps().get(0))
                .filter(step -> step.action() instanceof BundleTest.Ask)
                .sorted(Comparator.comparing(SampleCall::isAllowed)
                        .thenComparing(step -> request(step).getUsageCount() > 0)
                        .reversed())
                .map(step -> request(step).toBuilder()
                        .setMode(DecideMode.DECIDE_MODE_CHECK)
                        .build())
                .filter(SampleCall::isPlain)
                .limit(MAX_TRIES)
                .toList();
        return candidates.stream()
                .filter(request ->
                        client.decide(DecisionRequest.of(request), PATIENCE).allowed())
                .findFirst()
                .or(() -> candidates.stream().findFirst());
    }

    private static DecideRequest request(BundleTest.Step step) {
        return ((BundleTest.Ask) step.action()).request();
    }

    private static boolean isAllowed(BundleTest.Step step) {
        return step.expectation()
                .map(expected -> expected.verdict().outcome() == Outcome.OUTCOME_ALLOW)
                .orElse(false);
    }

    /** Can it be said with the flags of {@link #commandLine}? */
    private static boolean isPlain(DecideRequest request) {
        return !request.getActor().getId().isEmpty()
                && request.getActor().getAttributesCount() == 0
                && request.getTarget().getResourceAttributesCount() == 0
                && request.getAttributesCount() == 0
                && request.getCurrentUsageCount() == 0
                && !request.getTarget().getAction().isEmpty();
    }

    static String commandLine(String program, DecideRequest request, String adminAddress) {
        final StringBuilder line = new StringBuilder(program).append(" explain");
        flag(line, "--org", request.getPlace().getOrganization());
        flag(line, "--department", request.getPlace().getDepartment());
        flag(line, "--project", request.getPlace().getProject());
        flag(
                line,
                "--actor",
                request.getActor().getType() + ":" + request.getActor().getId());
        request.getActor().getRolesList().forEach(role -> flag(line, "--role", role));
        request.getActor().getScopesList().forEach(scope -> flag(line, "--token-scope", scope));
        flag(
                line,
                "--action",
                request.getTarget().getProduct() + "/" + request.getTarget().getResourceType() + "/"
                        + request.getTarget().getAction());
        flag(line, "--resource-id", request.getTarget().getResourceId());
        for (Usage usage : request.getUsageList()) {
            flag(line, "--usage", usage.getAmount() + ":" + usage.getUnit());
        }
        if (!adminAddress.equals(Admin.DEFAULT_ADDRESS)) {
            flag(line, "--address", adminAddress);
        }
        return line.toString();
    }

    private static void flag(StringBuilder line, String name, String value) {
        if (!value.isEmpty()) {
            line.append(' ').append(name).append(' ').append(quoted(value));
        }
    }

    /** For a POSIX shell. */
    private static String quoted(String value) {
        return value.matches("[A-Za-z0-9_@%+=:,./-]+") ? value : "'" + value.replace("'", "'\\''") + "'";
    }
}
