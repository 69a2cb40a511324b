/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.vectors;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.tollgate.cli.lab.Lab;
import io.tollgate.cli.lab.LabSnapshot;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/**
 * Writes what the engine answers into the steps that expect nothing yet, for a person to review. What is there already is never changed:
 * take an 'expect' out to have it written anew. Runs only with TOLLGATE_RECORD=true in the environment.
 */
@EnabledIfEnvironmentVariable(named = "TOLLGATE_RECORD", matches = "true")
class RecordVectors {
    @TempDir
    Path scratch;

    @Test
    void record() {
        final VectorBundles bundles = new VectorBundles(scratch);
        for (VectorFile file : VectorFile.all()) {
            boolean changed = false;
            for (VectorCase vector : file.cases()) {
                changed |= complete(vector, bundles);
            }
            if (changed) {
                file.write();
            }
        }
    }

    private boolean complete(VectorCase vector, VectorBundles bundles) {
        final LabSnapshot snapshot = vector.bundle().isEmpty() ? null : bundles.snapshot(vector.bundle(), 1);
        boolean changed = false;
        try (Lab lab = Lab.open(snapshot, scratch.resolve("state"), Vectors.instant(vector.at()))) {
            final VectorRun run = new VectorRun(vector, bundles, lab);
            for (JsonElement each : vector.steps()) {
                final JsonObject step = each.getAsJsonObject();
                final VectorRun.Answer answer = run.step(step);
                if (answer != null && !step.has("expect") && !step.has("status")) {
                    if (answer.message() == null) {
                        step.addProperty("status", answer.status());
                    } else {
                        step.add("expect", Vectors.json(Objects.requireNonNull(answer.message())));
                    }
                    changed = true;
                }
            }
        }
        return changed;
    }
}
