/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.util.JsonFormat;
import io.grpc.Status;
import io.tollgate.v1.DecideMode;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.GetConfigResponse;
import io.tollgate.v1.SidecarState;
import io.tollgate.v1.StatusResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class AskingCommandsTest {
    private static final String[] QUESTION = {
        "--org",
        "acme",
        "--project",
        "rag",
        "--actor",
        "user:ada",
        "--action",
        "llm/chat/complete",
        "--usage",
        "1200:token"
    };

    private FakeSidecar sidecar;

    @TempDir
    Path directory;

    @BeforeEach
    void start() throws Exception {
        sidecar = new FakeSidecar();
    }

    @AfterEach
    void stop() {
        sidecar.close();
    }

    @Test
    void shouldShowAnAllowAndExitWith0() {
        sidecar.decision = Samples.decision("allow.txtpb");
        ask("decide", QUESTION).exits(ExitCode.OK).printsGolden("decide-allow.txt");
    }

    @Test
    void shouldShowADenyAndExitWith1() {
        sidecar.decision = Samples.decision("quota-deny.txtpb");
        ask("decide", QUESTION).exits(ExitCode.NO).printsGolden("decide-deny.txt");
    }

    @Test
    void shouldExitWith4WhenTheEvidenceIsTooOld() {
        sidecar.decision = Samples.decision("stale-deny.txtpb");
        ask("decide", QUESTION).exits(ExitCode.STALE).prints("freshness (SNAPSHOT_STALE)");
        ask("explain", QUESTION).exits(ExitCode.STALE);
    }

    @Test
    void shouldPrintADecisionAsProtobufJson() throws Exception {
        sidecar.decision = Samples.decision("quota-deny.txtpb");
        final Run run = ask("decide", with(QUESTION, "--output", "json")).exits(ExitCode.NO);

        run.printsGolden("decide-deny.json");
        final DecideResponse.Builder parsed = DecideResponse.newBuilder();
        JsonFormat.parser().merge(run.out(), parsed);
        assertEquals(sidecar.decision, parsed.build());
    }

    @Test
    void shouldExplainEverything() {
        sidecar.decision = Samples.decision("quota-deny.txtpb");
        ask("explain", QUESTION).exits(ExitCode.NO).printsGolden("explain-deny.txt");
    }

    @Test
    void shouldNotTakeAnUnknownOutcomeForAYes() {
        sidecar.decision = DecideResponse.newBuilder().setOutcomeValue(17).build();
        ask("explain", QUESTION).exits(ExitCode.NO).prints("DENIED: outcome 17");
        ask("decide", QUESTION).exits(ExitCode.UNREACHABLE).complains("17");
    }

    @Test
    void shouldSendWhatTheFlagsSay() {
        sidecar.decision = Samples.decision("allow.txtpb");
        ask(
                        "decide",
                        with(
                                QUESTION,
                                "--role",
                                "developer",
                                "--token-scope",
                                "llm:write",
                                "--department",
                                "research",
                                "--resource-id",
                                "large",
                                "--attr",
                                "resource.region=eu-1",
                                "--attr",
                                "actor.level=3",
                                "--attr",
                                "resource.tag:string=7",
                                "--attr",
                                "actor.flag=true",
                                "--attr",
                                "request.priority=high",
                                "--current-usage",
                                "gpu.concurrent=1_007",
                                "--usage",
                                "1_000:image",
                                "--mode",
                                "consume",
                                "--max-staleness",
                                "5s",
                                "--idempotency-key",
                                "k",
                                "--correlation-id",
                                "c"))
                .exits(ExitCode.OK);
        final DecideRequest asked = Objects.requireNonNull(sidecar.asked);

        assertEquals(DecideMode.DECIDE_MODE_CONSUME, asked.getMode());
        assertEquals("ada", asked.getActor().getId());
        assertEquals(List.of("developer"), asked.getActor().getRolesList());
        assertEquals(3, asked.getActor().getAttributesOrThrow("level").getIntValue());
        assertTrue(asked.getActor().getAttributesOrThrow("flag").getBoolValue());
        assertEquals("7", asked.getTarget().getResourceAttributesOrThrow("tag").getStringValue());
        assertEquals(
                "eu-1", asked.getTarget().getResourceAttributesOrThrow("region").getStringValue());
        assertEquals("high", asked.getAttributesOrThrow("priority").getStringValue());
        assertEquals("gpu.concurrent", asked.getCurrentUsage(0).getDimension());
        assertEquals(1007, asked.getCurrentUsage(0).getValue());
        assertEquals(1000, asked.getUsage(1).getAmount());
        assertEquals(5000, asked.getMaxStalenessMs());
        assertEquals("research", asked.getPlace().getDepartment());
    }

    @Test
    void shouldTakeTheApiKeyFromAFileOrAVariableAndNeverShowIt() throws Exception {
        sidecar.decision = Samples.decision("allow.txtpb");
        Files.writeString(directory.resolve("key"), "tg_secret\n");
        final Session session = Run.session(directory, Map.of("KEY", "tg_secret"), "");
        for (List<String> source : List.of(List.of("--api-key-file", "key"), List.of("--api-key-env", "KEY"))) {
            final List<String> arguments = new ArrayList<>(List.of(
                    "decide", "--address", sidecar.address(), "--org", "acme", "--action", "llm/chat/complete"));
            arguments.addAll(source);
            final Run run = Run.in(session, arguments.toArray(String[]::new)).exits(ExitCode.OK);

            assertEquals(
                    "tg_secret",
                    Objects.requireNonNull(sidecar.asked).getActor().getApiKey());
            assertFalse((run.out() + run.err()).contains("tg_secret"));
            run.prints("the API key may llm/chat/complete");
        }
        Run.in(session, "decide", "--action", "a/b/c", "--api-key-env", "NONE")
                .exits(ExitCode.USAGE)
                .complains("variable NONE is not set");
        Run.in(session, "decide", "--action", "a/b/c", "--api-key-file", "gone")
                .exits(ExitCode.USAGE)
                .complains("does not exist");
    }

    @Test
    void shouldReadTheRequestFromAFileOrStandardInput() throws Exception {
        sidecar.decision = Samples.decision("allow.txtpb");
        final String json =
                "{\"actor\":{\"type\":\"user\",\"id\":\"bob\"},\"usage\":[{\"amount\":\"5\",\"unit\":\"token\"}]}";
        Files.writeString(directory.resolve("request.json"), json);

        Run.in(
                        Run.session(directory, Map.of(), ""),
                        "explain",
                        "--address",
                        sidecar.address(),
                        "--file",
                        "request.json")
                .exits(ExitCode.OK);
        assertEquals("bob", Objects.requireNonNull(sidecar.asked).getActor().getId());
        sidecar.asked = null;
        Run.in(Run.session(directory, Map.of(), json), "decide", "--address", sidecar.address(), "-f", "-")
                .exits(ExitCode.OK);
        assertEquals(5, Objects.requireNonNull(sidecar.asked).getUsage(0).getAmount());
    }

    @Test
    void shouldShowTheStatus() {
        sidecar.status = Samples.status("ready.txtpb");
        ask("status").exits(ExitCode.OK).printsGolden("status-ready.txt");
        ask("status", "--output", "json").exits(ExitCode.OK).printsGolden("status-ready.json");
        sidecar.status = Samples.status("stale.txtpb");
        ask("status").exits(ExitCode.OK).printsGolden("status-stale.txt");
        sidecar.status = StatusResponse.getDefaultInstance();
        ask("status").exits(ExitCode.OK).prints("SNAPSHOT_MISSING");
    }

    @Test
    void shouldTellHealthByTheExitCode() {
        sidecar.status = Samples.status("ready.txtpb");
        ask("health").exits(ExitCode.OK).prints("READY: acme version 7, oldest evidence DIRECTORY 1.2 s of 30 s\n");
        sidecar.status = Samples.status("stale.txtpb");
        ask("health").exits(ExitCode.STALE).prints("STALE: acme version 7, too old: DIRECTORY 45 s of 30 s\n");
        sidecar.status = StatusResponse.newBuilder()
                .setState(SidecarState.SIDECAR_STATE_STARTING)
                .build();
        ask("health").exits(ExitCode.STALE).prints("STARTING: no snapshot");
        sidecar.status = Samples.status("ready.txtpb").toBuilder()
                .setState(SidecarState.SIDECAR_STATE_DRAINING)
                .build();
        ask("health").exits(ExitCode.NO).prints("DRAINING");
    }

    @Test
    void shouldShowAScope() {
        sidecar.scope = Samples.scope("scope.txtpb");
        ask("dump-scope", "org:acme/project:rag").exits(ExitCode.OK).printsGolden("scope.txt");
        ask("counters", "org:acme/project:rag", "--output", "json")
                .exits(ExitCode.OK)
                .prints("\"project-budget\"");
    }

    @Test
    void shouldSayWhatTheSidecarSaysOfAWrongScope() {
        sidecar.failure = Status.NOT_FOUND.withDescription("no scope org:acne; did you mean org:acme?");
        ask("dump-scope", "org:acne").exits(ExitCode.NO).complains("did you mean org:acme?");
    }

    @Test
    void shouldShowTheConfiguration() {
        sidecar.config = GetConfigResponse.newBuilder()
                .setYaml("sidecar_id: \"sc-1\"\n")
                .setSha256("ab")
                .build();
        ask("config").exits(ExitCode.OK).prints("# SHA-256 ab\nsidecar_id: \"sc-1\"\n");
        ask("config", "--output", "json").exits(ExitCode.OK).prints("\"yaml\"");
    }

    @Test
    void shouldExitWith3WhenNobodyListens() throws Exception {
        final String nowhere = FakeSidecar.nowhere();
        Run.of(with(QUESTION, "decide", "--address", nowhere))
                .exits(ExitCode.UNREACHABLE)
                .complains("no sidecar answers at " + nowhere, "is it running?");
        for (String command : List.of("status", "health", "config")) {
            Run.of(command, "--address", nowhere)
                    .exits(ExitCode.UNREACHABLE)
                    .complains("no sidecar answers at " + nowhere, "refused");
        }
        Run.of(with(QUESTION, "decide", "--address", "unix:" + directory.resolve("none.sock")))
                .exits(ExitCode.UNREACHABLE)
                .complains("no sidecar answers");
    }

    @Test
    void shouldExitWith3WhenTheAnswerTakesTooLong() {
        sidecar.decision = null;
        sidecar.status = null;
        ask("decide", with(QUESTION, "--timeout", "300ms"))
                .exits(ExitCode.UNREACHABLE)
                .complains("300 ms");
        ask("status", "--timeout", "300ms").exits(ExitCode.UNREACHABLE).complains("300 ms", "--timeout");
    }

    @Test
    void shouldExitWith3WhenSomethingElseListens() {
        sidecar.failure = Status.UNIMPLEMENTED;
        ask("status").exits(ExitCode.UNREACHABLE).complains("not a sidecar's admin port");
        ask("decide", QUESTION).exits(ExitCode.UNREACHABLE).complains("no answer that counts");
    }

    private Run ask(String command, String... arguments) {
        return Run.of(with(arguments, command, "--address", sidecar.address()));
    }

    private static String[] with(String[] some, String... more) {
        final boolean commandFirst = !more[0].startsWith("-");
        final List<String> all = new ArrayList<>(commandFirst ? List.of(more) : List.of(some));
        all.addAll(commandFirst ? List.of(some) : List.of(more));
        return all.toArray(String[]::new);
    }
}
