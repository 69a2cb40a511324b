/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.tollgate.cli.render.DiagnosticsText;
import io.tollgate.cli.render.Paint;
import io.tollgate.control.source.Code;
import io.tollgate.control.source.Diagnostic;
import io.tollgate.control.source.Diagnostic.Severity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleCommandsTest {
    private static final Path SAMPLE = Path.of(System.getProperty("tollgate.root"), "examples", "acme");

    @TempDir
    Path directory;

    @Test
    void shouldFindNothingWrongWithTheSampleOrganisation() {
        run("check", SAMPLE.toString()).exits(ExitCode.OK).prints("0 errors", "Bundle acme: registry");
        final JsonObject json =
                json(run("check", SAMPLE.toString(), "--output", "json").exits(ExitCode.OK));
        assertEquals(0, json.get("errors").getAsInt());
        assertEquals("acme", json.get("bundle").getAsString());
    }

    @Test
    void shouldShowEveryMistakeWithPlaceExcerptAndRemedy() throws Exception {
        write("tollgate.yaml", "bundle: broken\nfreshnes:\n  policy: 5m\n");
        write("policies/p.yaml", "scope: global\nrules: [\n");
        final Run run = run("check", ".").exits(ExitCode.NO);

        run.prints("tollgate.yaml:2:1: error: ", "freshnes", "    2 | freshnes:\n      | ^\n      = ");
        run.prints("policies/p.yaml:", "error");
        assertTrue(run.out().trim().endsWith("."), run.out());
        final JsonObject json = json(run("check", ".", "--output", "json").exits(ExitCode.NO));
        assertTrue(json.get("errors").getAsInt() >= 2, json.toString());
        final JsonObject first = json.getAsJsonArray("diagnostics").get(0).getAsJsonObject();
        assertEquals(
                List.of("severity", "file", "line", "column", "code", "message", "remedy"),
                List.copyOf(first.keySet()));
    }

    @Test
    void shouldPutTheCaretUnderTheColumn() {
        final Diagnostic finding =
                new Diagnostic(Severity.WARNING, "limits/a.yaml", 2, 5, Code.EXPIRED, "expired \u001b[2J", "mend it");
        final String text = DiagnosticsText.of(List.of(finding), name -> List.of("first", "\tlimit: 1"), Paint.PLAIN);

        assertEquals(
                "limits/a.yaml:2:5: warning: expired \\u001b[2J [expired]\n"
                        + "    2 |  limit: 1\n"
                        + "      |     ^\n"
                        + "      = mend it\n",
                text);
    }

    @Test
    void shouldSayThatThereIsNoBundle() throws Exception {
        run("check", "nowhere").exits(ExitCode.USAGE).complains("nowhere does not exist", "tollgate.yaml");
        write("file", "x");
        run("check", "file").exits(ExitCode.USAGE).complains("is not a directory");
        Files.createDirectory(directory.resolve("empty"));
        run("check", "empty").exits(ExitCode.NO).prints("tollgate.yaml");
    }

    @Test
    void shouldCompileTheSameSourcesToTheSameBytes() throws Exception {
        compile("a.tgs").exits(ExitCode.OK).prints("a.tgs written", "acme version 12", "DIRECTORY");
        compile("b.tgs").exits(ExitCode.OK);

        assertArrayEquals(
                Files.readAllBytes(directory.resolve("a.tgs")), Files.readAllBytes(directory.resolve("b.tgs")));
        run("snapshot", "verify", "a.tgs").exits(ExitCode.OK).prints("WHOLE", "acme version 12", "not signed");
        run("snapshot", "inspect", "a.tgs").exits(ExitCode.OK).prints("acme version 12", "POLICY", "nothing proves");
        run("snapshot", "inspect", "a.tgs", "--output", "json")
                .exits(ExitCode.OK)
                .prints("\"sections\"");
        run("snapshot", "inspect", "a.tgs", "--records", "policy")
                .exits(ExitCode.OK)
                .prints("\"path\":\"global\"");
        run("snapshot", "inspect", "a.tgs", "--records", "directory", "--key", "org:lumen")
                .exits(ExitCode.OK)
                .prints("org:lumen");
    }

    @Test
    void shouldSignWithAKeyThatItMadeAndVerifyWhoSigned() throws Exception {
        final String id = json(run("keys", "generate", "a.key", "--output", "json")
                        .exits(ExitCode.OK))
                .get("keyId")
                .getAsString();
        run("keys", "generate", "b.key")
                .exits(ExitCode.OK)
                .prints("ed25519-", "b.key.pub", "signing.keys", "trust.keys");
        run("keys", "generate", "a.key").exits(ExitCode.USAGE).complains("exists", "never replaced");
        run("keys", "public", "a.key")
                .exits(ExitCode.OK)
                .prints("# " + id, Files.readString(directory.resolve("a.key.pub")));
        final String secret = Files.readAllLines(directory.resolve("a.key")).get(1);

        final Run compiled = run("compile", SAMPLE.toString(), "-o", "a.tgs", "--sign-key", "a.key");
        compiled.exits(ExitCode.OK).prints(id);
        assertFalse((compiled.out() + compiled.err()).contains(secret));
        run("snapshot", "inspect", "a.tgs").exits(ExitCode.OK).prints("says " + id, "not checked here");
        run("snapshot", "verify", "a.tgs").exits(ExitCode.OK).prints("signature not checked (--trust)");
        run("snapshot", "verify", "a.tgs", "--trust", "a.key.pub")
                .exits(ExitCode.OK)
                .prints("signed by " + id);
        run("snapshot", "verify", "a.tgs", "--trust", "b.key.pub")
                .exits(ExitCode.NO)
                .prints("REFUSED: not trusted: ", "signed by " + id, "trusted are ed25519-");
        run("snapshot", "verify", "a.tgs", "--trust", "a.key")
                .exits(ExitCode.USAGE)
                .complains("holds a private key");
        compile("plain.tgs").exits(ExitCode.OK);
        final JsonObject unsigned =
                json(run("snapshot", "verify", "plain.tgs", "--trust", "a.key.pub", "--output", "json")
                        .exits(ExitCode.NO));
        assertEquals("", unsigned.get("signedBy").getAsString());
        assertTrue(unsigned.get("problems").toString().contains("is not signed"), unsigned.toString());

        run("compile", SAMPLE.toString(), "-o", "c.tgs", "--sign-key", "a.key", "--sign-key", "b.key")
                .exits(ExitCode.OK);
        run("snapshot", "verify", "c.tgs", "--trust", "b.key.pub").exits(ExitCode.OK);
        run("compile", SAMPLE.toString(), "-o", "c.tgs", "--sign-key", "a.key", "--sign-key", "a.key")
                .exits(ExitCode.USAGE)
                .complains("twice");
        run("compile", SAMPLE.toString(), "-o", "d.tgs", "--sign-key", "none.key")
                .exits(ExitCode.USAGE)
                .complains("none.key does not exist");
        assertFalse(Files.exists(directory.resolve("d.tgs")));
    }

    @Test
    void shouldWriteNothingWhenTheBundleIsBroken() throws Exception {
        write("tollgate.yaml", "bundel: x\n");
        run("compile", ".", "-o", "x.tgs").exits(ExitCode.NO).complains("bundel", "nothing written: ");
        assertFalse(Files.exists(directory.resolve("x.tgs")));
    }

    @Test
    void shouldRefuseToCompileToNowhere() {
        run("compile", SAMPLE.toString(), "-o", "no/such/x.tgs")
                .exits(ExitCode.USAGE)
                .complains("does not exist");
        run("compile", SAMPLE.toString()).exits(ExitCode.USAGE).complains("-o");
        run("compile", SAMPLE.toString(), "-o", "x.tgs", "--epoch", "0")
                .exits(ExitCode.USAGE)
                .complains("from 1");
    }

    @Test
    void shouldFindDamage() throws Exception {
        compile("a.tgs").exits(ExitCode.OK);
        final byte[] whole = Files.readAllBytes(directory.resolve("a.tgs"));
        final byte[] changed = whole.clone();
        changed[changed.length - 10] ^= 1;
        Files.write(directory.resolve("changed.tgs"), changed);
        Files.write(directory.resolve("cut.tgs"), java.util.Arrays.copyOf(whole, whole.length - 1));
        write("text.tgs", "hello, world");

        run("snapshot", "verify", "changed.tgs").exits(ExitCode.NO).prints("DAMAGED: ", "changed.tgs");
        assertFalse(json(run("snapshot", "verify", "changed.tgs", "--output", "json"))
                .get("whole")
                .getAsBoolean());
        run("snapshot", "verify", "cut.tgs").exits(ExitCode.NO).complains("cut.tgs");
        run("snapshot", "inspect", "text.tgs").exits(ExitCode.NO).complains("no snapshot file");
        run("snapshot", "inspect", "none.tgs").exits(ExitCode.USAGE).complains("does not exist");
        run("snapshot", "inspect", ".").exits(ExitCode.USAGE).complains("holds no snapshot");
        run("snapshot", "inspect", "a.tgs", "--key", "x").exits(ExitCode.USAGE).complains("--records");
        run("snapshot", "inspect", "a.tgs", "--records", "directory", "--key", "org:none")
                .exits(ExitCode.NO)
                .complains("org:none");
        run("snapshot").exits(ExitCode.USAGE).complains("inspect", "verify");
    }

    private Run compile(String file) {
        return run("compile", SAMPLE.toString(), "-o", file, "--snapshot-version", "12");
    }

    private Run run(String... arguments) {
        return Run.in(Run.session(directory, Map.of("SOURCE_DATE_EPOCH", "1795219200"), ""), arguments);
    }

    private void write(String name, String text) throws IOException {
        final Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private static JsonObject json(Run run) {
        return JsonParser.parseString(run.out()).getAsJsonObject();
    }
}
