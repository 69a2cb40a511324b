/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.v1.Actor;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.Place;
import io.tollgate.v1.Target;
import io.tollgate.v1.Usage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ServingCommandsTest {
    private static final String SAMPLE =
            Path.of(System.getProperty("tollgate.root"), "examples", "acme").toString();

    @TempDir
    Path directory;

    @Test
    void shouldNameThePortThatIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            final String port = String.valueOf(taken.getLocalPort());
            run("dev", SAMPLE, "--port-base", "0", "--admin-port", port)
                    .exits(ExitCode.USAGE)
                    .complains("port " + port + " (admin) is taken", "--port-base", "--admin-port");
            run("dev", SAMPLE, "--port-base", "0", "--control-port", port)
                    .exits(ExitCode.USAGE)
                    .complains("(control plane)");
        }
        run("dev", SAMPLE, "--port-base", "65535").exits(ExitCode.USAGE).complains("port 65536 does not exist");
    }

    @Test
    void shouldAskForABundle() {
        run("dev").exits(ExitCode.USAGE).complains("which bundle?");
        run("dev", "nowhere").exits(ExitCode.USAGE).complains("does not exist", "tollgate.yaml");
    }

    @Test
    void shouldSayWhatIsWrongWithAConfiguration() throws Exception {
        write("sidecar.yaml", "sidecar_id: a\nlisten:\n  adress: 127.0.0.1:0\n");
        run("sidecar", "--config", "sidecar.yaml").exits(ExitCode.USAGE).complains("sidecar.yaml:3", "adress");
        run("sidecar", "--config", "none.yaml").exits(ExitCode.USAGE).complains("none.yaml");
        run("sidecar").exits(ExitCode.USAGE).complains("--config");

        write("plane.yaml", "state_dir: state\nbundels: []\n");
        run("control-plane", "--config", "plane.yaml").exits(ExitCode.USAGE).complains("plane.yaml:", "bundels");
        run("control-plane", "--config", "none.yaml").exits(ExitCode.USAGE).complains("does not exist");
    }

    @Test
    void shouldRunAControlPlaneUntilItIsAskedToStop() throws Exception {
        write(
                "plane.yaml",
                "listen: { grpc: '127.0.0.1:0', http: none }\nstate_dir: state\nbundles: [ { dir: '" + SAMPLE
                        + "' } ]\n");
        final Session session = Run.session(directory, Map.of(), "");
        session.stop().ask();

        Run.in(session, "control-plane", "--config", "plane.yaml")
                .exits(ExitCode.OK)
                .complains("# effective configuration", "max_waiting_polls: 10000", "state_dir: " + directory);
    }

    @Test
    void shouldTrainOnTheSampleOrganisationAndLeaveNothingBehind() {
        final Path home = Path.of(System.getProperty("tollgate.root"));
        final Run run = Run.in(Run.session(directory, Map.of(), "", home), "train");

        run.exits(ExitCode.OK);
        assertEquals("", run.out() + run.err());
        Run.in(Run.session(directory, Map.of(), "", directory), "train")
                .exits(ExitCode.USAGE)
                .complains("examples/acme does not exist");
    }

    @Test
    void shouldTellWhichFilesWereSaved() throws Exception {
        write("bundle/tollgate.yaml", "a");
        write("bundle/policies/a.yaml", "a");
        write("bundle/notes.txt", "a");
        final ChangedFiles files = new ChangedFiles(directory.resolve("bundle"));
        assertEquals(List.of(), files.sinceLastLook().names());

        save("bundle/policies/a.yaml", 5_000);
        save("bundle/notes.txt", 6_000);
        final ChangedFiles.Change one = files.sinceLastLook();
        assertEquals("policies/a.yaml", one.text());
        assertEquals(5_000, one.savedAtMs());

        save("bundle/tollgate.yaml", 7_000);
        write("bundle/limits/l.yaml", "a");
        Files.delete(directory.resolve("bundle/policies/a.yaml"));
        assertEquals("limits/l.yaml and 2 more", files.sinceLastLook().text());
        assertEquals("bundle", files.sinceLastLook().text());
    }

    @Test
    void shouldWriteTheCallToTryForAShell() {
        final DecideRequest request = DecideRequest.newBuilder()
                .setActor(Actor.newBuilder().setType("user").setId("o'neil x").addRoles("developer"))
                .setPlace(Place.newBuilder().setOrganization("acme").setProject("rag"))
                .setTarget(Target.newBuilder()
                        .setProduct("llm")
                        .setResourceType("model")
                        .setAction("invoke"))
                .addUsage(Usage.newBuilder().setAmount(5).setUnit("token"))
                .build();

        assertEquals(
                "./tollgate explain --org acme --project rag --actor 'user:o'\\''neil x' --role developer"
                        + " --action llm/model/invoke --usage 5:token",
                SampleCall.commandLine("./tollgate", request, "127.0.0.1:7071"));
        assertTrue(SampleCall.commandLine("t", request, "127.0.0.1:9").endsWith(" --address 127.0.0.1:9"));
    }

    @Test
    void shouldLogALinePerEvent() {
        final LogRecord record = new LogRecord(Level.WARNING, "two\nlines");
        record.setLoggerName("tollgate.test");
        record.setThrown(new IOException("no", new IllegalStateException("why")));
        record.setInstant(java.time.Instant.ofEpochMilli(0));

        assertEquals(
                "1970-01-01T00:00:00.000Z WARNING tollgate.test: two | lines: java.io.IOException: no:"
                        + " java.lang.IllegalStateException: why" + System.lineSeparator(),
                new Logs.OneLine().format(record));
        record.setLevel(Level.SEVERE);
        final String severe = new Logs.OneLine().format(record);
        assertTrue(severe.contains("ServingCommandsTest"), severe);
        assertEquals(severe.length() - System.lineSeparator().length(), severe.indexOf(System.lineSeparator()));
    }

    @Test
    void shouldWakeWhoWaitsForTheStop() throws Exception {
        final StopSignal stop = new StopSignal();
        assertFalse(stop.await(1));
        final Thread waiting = new Thread(stop::await);
        waiting.start();
        stop.ask();
        waiting.join();

        assertTrue(stop.isAsked());
        assertTrue(stop.await(60_000));
    }

    private Run run(String... arguments) {
        return Run.in(Run.session(directory, Map.of(), ""), arguments);
    }

    private void write(String name, String text) throws IOException {
        final Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private void save(String name, long atMs) throws IOException {
        Files.setLastModifiedTime(directory.resolve(name), FileTime.fromMillis(atMs));
    }
}
