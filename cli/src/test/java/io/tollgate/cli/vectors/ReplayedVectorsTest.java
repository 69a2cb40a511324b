/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.vectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.protobuf.util.JsonFormat;
import io.tollgate.cli.lab.Lab;
import io.tollgate.cli.lab.LabSnapshot;
import io.tollgate.cli.lab.RecordingEdge;
import io.tollgate.cli.lab.Replay;
import io.tollgate.cli.replay.EntryFile;
import io.tollgate.cli.replay.ReplayResult;
import io.tollgate.cli.replay.ReplayResult.Verdict;
import io.tollgate.v1.DecisionLogEntry;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every answer of the decision vectors is made again from the entry of the decision log and the snapshot, field by field. */
class ReplayedVectorsTest {
    @TempDir
    Path scratch;

    private final Map<Verdict, Integer> verdicts = new EnumMap<>(Verdict.class);
    private final List<String> wrong = new ArrayList<>();
    private final Map<String, List<Replay>> open = new HashMap<>();
    private int replays;

    @Test
    void shouldMakeEveryAnswerAgain() throws Exception {
        final VectorBundles bundles = new VectorBundles(scratch);
        for (VectorFile file : VectorFile.all()) {
            for (VectorCase vector : file.cases()) {
                check(vector, bundles);
            }
        }
        assertEquals(List.of(), wrong.stream().limit(5).toList(), () -> wrong.size() + " of " + verdicts);
        assertTrue(verdicts.getOrDefault(Verdict.SAME, 0) > 500, verdicts::toString);
        assertEquals(0, verdicts.getOrDefault(Verdict.UNCERTAIN, 0), verdicts::toString);
        // repeats of idempotency keys and reservations that are not open any more
        assertTrue(verdicts.getOrDefault(Verdict.NOT_REPLAYABLE, 0) < 60, verdicts::toString);
    }

    private void check(VectorCase vector, VectorBundles bundles) throws Exception {
        final List<DecisionLogEntry> entries = new ArrayList<>();
        final LabSnapshot first = vector.bundle().isEmpty() ? null : bundles.snapshot(vector.bundle(), 1);
        final List<LabSnapshot> installed = new ArrayList<>();
        if (first != null) {
            installed.add(first);
        }
        int version = 1;
        try (Lab lab = RecordingEdge.lab(first, scratch.resolve("lab"), Vectors.instant(vector.at()), entries::add)) {
            final VectorRun run = new VectorRun(vector, bundles, lab);
            for (JsonElement each : vector.steps()) {
                final JsonObject step = each.getAsJsonObject();
                if (step.has("install")) {
                    installed.add(bundles.snapshot(step.get("install").getAsString(), ++version));
                }
                run.step(step);
            }
        }
        for (DecisionLogEntry recorded : entries) {
            final DecisionLogEntry entry = throughJson(recorded);
            note(vector.name(), entry, ReplayResult.of(entry, replay(entry, snapshot(entry, installed)), false));
        }
    }

    /** Snapshots are the same from case to case. */
    private Replay replay(DecisionLogEntry entry, @Nullable LabSnapshot of) {
        final String digest = of == null ? "none" : of.digestHex();
        for (Replay each : open.computeIfAbsent(digest, key -> new ArrayList<>())) {
            if (each.suits(entry)) {
                return each;
            }
        }
        final Replay opened = Replay.open(of, scratch.resolve("replay-" + replays++), entry);
        open.computeIfAbsent(digest, key -> new ArrayList<>()).add(opened);
        return opened;
    }

    @AfterEach
    void close() {
        open.values().forEach(each -> each.forEach(Replay::close));
    }

    private static @Nullable LabSnapshot snapshot(DecisionLogEntry entry, List<LabSnapshot> installed) {
        for (LabSnapshot each : installed) {
            if (each.digestHex().equals(entry.getResponse().getEvidence().getSnapshotDigest())) {
                return each;
            }
        }
        // repeated answers may have been cut
        return null;
    }

    private static DecisionLogEntry throughJson(DecisionLogEntry entry) throws Exception {
        final String line =
                JsonFormat.printer().omittingInsignificantWhitespace().print(entry);
        return EntryFile.find(
                new ByteArrayInputStream(line.getBytes(StandardCharsets.UTF_8)),
                "a line",
                entry.getResponse().getDecisionId());
    }

    private void note(String name, DecisionLogEntry entry, ReplayResult result) {
        verdicts.merge(result.verdict(), 1, Integer::sum);
        if (result.verdict() == Verdict.DIFFERS) {
            wrong.add(name + " (" + entry.getFace() + " " + entry.getResponse().getReason() + "): "
                    + result.differences());
        }
        if (result.verdict() == Verdict.SAME) {
            assertTrue(result.answer().hasExplanation(), name);
        }
    }
}
