/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.vectors;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.tollgate.cli.lab.GrpcLab;
import io.tollgate.cli.lab.LabSnapshot;
import io.tollgate.envoy.auth.v3.CheckResponse;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Puts a case to a sidecar as Envoy would: its decisions as Checks, all else as it is. */
final class CheckedVectors {
    private CheckedVectors() {}

    /** A step that asks for a decision. */
    record Asked(JsonObject step, DecideRequest request) {
        boolean isExpressible() {
            return AsCheck.obstacle(request) == null;
        }
    }

    /** {@return the steps of a case that ask for a decision} */
    static List<Asked> asked(VectorCase vector) {
        final List<Asked> asked = new ArrayList<>();
        for (JsonElement each : vector.steps()) {
            final JsonObject step = each.getAsJsonObject();
            if (step.has("decide")) {
                asked.add(new Asked(step, request(vector, step)));
            }
        }
        return asked;
    }

    private static DecideRequest request(VectorCase vector, JsonObject step) {
        return (DecideRequest)
                Vectors.parse(MergePatch.apply(vector.base(), step.get("decide")), DecideRequest.newBuilder());
    }

    static void run(VectorCase vector, VectorBundles bundles, Path stateDir) {
        final CheckMapping checks = new CheckMapping(
                asked(vector).stream()
                        .filter(Asked::isExpressible)
                        .map(Asked::request)
                        .toList(),
                vector.name().hashCode());
        final LabSnapshot snapshot = vector.bundle().isEmpty() ? null : bundles.snapshot(vector.bundle(), 1);
        try (GrpcLab.CheckLab lab = GrpcLab.openWithChecks(snapshot, stateDir, Vectors.instant(vector.at()), checks)) {
            final VectorRun run = new VectorRun(vector, bundles, lab.lab());
            int number = 0;
            for (JsonElement each : vector.steps()) {
                number++;
                final JsonObject step = each.getAsJsonObject();
                final VectorRun.Answer answer = run.step(step);
                final String where = vector.name() + ", step " + number;
                final CheckResponse seen = lab.takeLast();
                if (answer != null && seen != null) {
                    compare(
                            where,
                            vector,
                            step,
                            checks,
                            answer,
                            seen,
                            lab.lab().time().toEpochMilli());
                } else if (answer != null) {
                    DecisionVectorsTest.compare(where, step, answer);
                }
            }
        }
    }

    private static void compare(
            String where,
            VectorCase vector,
            JsonObject step,
            CheckMapping checks,
            VectorRun.Answer answer,
            CheckResponse seen,
            long nowMs) {
        final DecideRequest request = request(vector, step);
        final DecideResponse frozen = (DecideResponse) Vectors.parse(step.get("expect"), DecideResponse.newBuilder());
        final AsCheck check = Objects.requireNonNull(checks.find(request));
        final String rule = check.rule().get("name").getAsString();
        final String reservation = ((DecideResponse) Objects.requireNonNull(answer.message()))
                .getReservation()
                .getId();
        final JsonElement expected = new ExpectedCheck(request, frozen, nowMs).of(rule, check.isGrpc());
        final JsonElement actual = SeenCheck.of(seen, reservation);
        assertEquals(
                JsonText.of(expected),
                JsonText.of(actual),
                () -> where + ": expected and actual response to Envoy, asked by " + check.rule());
        assertEquals(expected, actual, where);
    }
}
