/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.tollgate.envoy.auth.v3.AttributeContext;
import io.tollgate.envoy.auth.v3.AuthorizationGrpc;
import io.tollgate.envoy.auth.v3.CheckRequest;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code tollgate dev} as people use it: both servers, real gRPC, edits of the sample organisation. */
@Timeout(180)
class DevCommandTest {
    private static final Path SAMPLE = Path.of(System.getProperty("tollgate.root"), "examples", "acme");

    private static final String MAPPING =
            """
            rules:
              - name: invoke
                match: { path: /invoke }
                request: { organization: lumen, actor_type: user, actor_id: ana, product: llm, resource_type: model, action: invoke }
            """;

    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private Session session;
    private CompletableFuture<Integer> exitCode;

    @TempDir
    Path directory;

    @BeforeEach
    void start() throws Exception {
        copySample();
        Files.writeString(directory.resolve("mapping.yaml"), MAPPING);
        session = Run.session(directory, Map.of(), "");
        final CommandLine line = Tollgate.commandLine(session);
        line.setOut(new PrintWriter(new LineWriter(lines)));
        exitCode = CompletableFuture.supplyAsync(() ->
                line.execute("dev", "acme", "--port-base", "0", "--output", "json", "--envoy-mapping", "mapping.yaml"));
    }

    @AfterEach
    void stop() throws Exception {
        session.stop().ask();
        assertEquals(ExitCode.OK, exitCode.get(60, TimeUnit.SECONDS));
        session.stop().finished(ExitCode.OK);
    }

    @Test
    void shouldAnswerThePrintedCallAndReloadOnSave() throws Exception {
        final JsonObject ready = event("ready");
        final String admin = ready.get("admin").getAsString();
        final String[] call = ready.get("try").getAsString().split(" ");
        assertEquals("explain", call[1]);
        final String[] arguments = new String[call.length - 1];
        System.arraycopy(call, 1, arguments, 0, arguments.length);

        Run.of(arguments).exits(ExitCode.OK).prints("ALLOWED: ", "Stages", "Ceilings", "Evidence");
        Run.of("health", "--address", admin).exits(ExitCode.OK).prints("READY: acme version 1");
        Run.of("status", "--address", admin).exits(ExitCode.OK).prints("acme version 1", "connected", "UNSIGNED");

        final Path policies = directory.resolve("acme/policies/lumen.yaml");
        final String before = Files.readString(policies);
        Files.writeString(policies, before + "\n# saved again\n");
        assertTrue(event("unchanged").get("message").getAsString().startsWith("policies/lumen.yaml saved"));

        Files.writeString(policies, "scope: org:lumen\nrules: [ { id: nobody, effect: deny, what: everything } ]\n");
        final JsonObject refused = event("refused");
        assertTrue(refused.get("errors").getAsInt() > 0, refused.toString());
        assertEquals(1, refused.get("version").getAsInt());
        Run.of(arguments).exits(ExitCode.OK);

        Files.writeString(policies, "scope: org:lumen\nrules: []\n");
        final JsonObject reloaded = event("reloaded");
        assertEquals(1, reloaded.get("version").getAsInt(), "a small change is no new version");
        assertEquals(1, reloaded.get("sequence").getAsInt());
        assertTrue(
                reloaded.get("message")
                        .getAsString()
                        .startsWith("policies/lumen.yaml saved: change 1 (1 record) active after "),
                reloaded.toString());
        Run.of(arguments).exits(ExitCode.NO).prints("DENIED by policy");
    }

    @Test
    void shouldServeAnEnvoyAndReadItsMappingAgainOnSave() throws Exception {
        final String decisions = event("ready").get("decisions").getAsString();
        final ManagedChannel channel = Grpc.newChannelBuilder(decisions, InsecureChannelCredentials.create())
                .build();
        try {
            assertEquals(0, check(channel, "/invoke"));
            final Path mapping = directory.resolve("mapping.yaml");
            Files.writeString(mapping, MAPPING.replace("lumen", "{ header: x-org }"));
            final String refused = event("mapping-refused").get("message").getAsString();
            assertTrue(refused.contains("mapping.yaml:4:"), refused);
            assertTrue(refused.contains("trusted_headers"), refused);
            assertEquals(0, check(channel, "/invoke"), "the mapping of before is still served");

            Files.writeString(mapping, MAPPING.replace("path: /invoke", "path: /call"));
            assertTrue(event("mapping").get("message").getAsString().startsWith("mapping.yaml saved: active after "));
            assertEquals(0, check(channel, "/call"), "on the same port");
            assertEquals(Status.Code.PERMISSION_DENIED.value(), check(channel, "/invoke"));
        } finally {
            channel.shutdownNow();
        }
    }

    /** {@return the status code that Envoy would be told} */
    private static int check(ManagedChannel channel, String path) {
        return AuthorizationGrpc.newBlockingStub(channel)
                .withWaitForReady()
                .withDeadlineAfter(30, TimeUnit.SECONDS)
                .check(CheckRequest.newBuilder()
                        .setAttributes(AttributeContext.newBuilder()
                                .setRequest(AttributeContext.Request.newBuilder()
                                        .setHttp(AttributeContext.HttpRequest.newBuilder()
                                                .setMethod("GET")
                                                .setPath(path))))
                        .build())
                .getStatus()
                .getCode();
    }

    private JsonObject event(String name) throws InterruptedException {
        while (true) {
            final String line = lines.poll(60, TimeUnit.SECONDS);
            assertNotNull(line, "no event '" + name + "'");
            final JsonObject event = JsonParser.parseString(line).getAsJsonObject();
            if (event.get("event").getAsString().equals(name)) {
                return event;
            }
        }
    }

    private void copySample() throws IOException {
        final List<Path> files;
        try (Stream<Path> walk = Files.walk(SAMPLE)) {
            files = walk.toList();
        }
        for (Path file : files) {
            final Path copy =
                    directory.resolve("acme").resolve(SAMPLE.relativize(file).toString());
            if (Files.isDirectory(file)) {
                Files.createDirectories(copy);
            } else {
                Files.copy(file, copy);
            }
        }
    }

    /** Whole lines into a queue, as they come. */
    private static final class LineWriter extends Writer {
        private final BlockingQueue<String> lines;
        private final StringBuilder line = new StringBuilder();

        LineWriter(BlockingQueue<String> lines) {
            this.lines = lines;
        }

        @Override
        public void write(char[] text, int offset, int length) {
            for (int i = offset; i < offset + length; i++) {
                if (text[i] == '\n') {
                    lines.add(line.toString());
                    line.setLength(0);
                } else {
                    line.append(text[i]);
                }
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
