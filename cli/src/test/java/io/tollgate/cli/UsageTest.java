/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.cli.render.Paint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Nonsense gets exit code 2 and a message that one is glad to get. */
class UsageTest {
    @TempDir
    Path directory;

    @Test
    void shouldSuggestWhatWasMeant() {
        Run.of("decied").exits(ExitCode.USAGE).complains("Did you mean", "decide");
        Run.of("decide", "--organisation", "acme").exits(ExitCode.USAGE).complains("--organisation", "decide --help");
        Run.of().exits(ExitCode.USAGE).complains("decide", "explain", "status");
    }

    @Test
    void shouldNameTheFlagAndShowTheForm() {
        wrong("--usage 'much'", "1000:input_token", "--usage", "much");
        wrong("--usage '12:'", "1000:input_token", "--usage", "12:");
        wrong("--usage '-5:token'", "1000:input_token", "--usage=-5:token");
        wrong("greater than 0", "usage amount", "--usage", "0:token");
        wrong("99999999999999999999", "at most", "--usage", "99999999999999999999:token");
        wrong("--attr 'x=1'", "resource.region=eu-1", "--attr", "x=1");
        wrong("DIMENSION=VALUE", "gpu.concurrent=7", "--current-usage", "gpu:7");
        wrong("DIMENSION=VALUE", "gpu=-1", "--current-usage", "gpu=-1");
        wrong("type colour", "string", "--attr", "actor.x:colour=red");
        wrong("not of type int", "abc", "--attr", "actor.x:int=abc");
        wrong("--max-staleness", "5s", "--max-staleness", "5");
        wrong("--mode", "check", "--mode", "steal");
        wrong("more than 16", "usages", repeated("--usage", "1:token", 17));
    }

    @Test
    void shouldSayWhatIsMissing() {
        Run.of("decide").exits(ExitCode.USAGE).complains("who asks?", "--actor");
        Run.of("decide", "--actor", "user:ada").exits(ExitCode.USAGE).complains("what is to be done?", "--action");
        Run.of("decide", "--actor", "ada", "--action", "a/b/c")
                .exits(ExitCode.USAGE)
                .complains("'ada'", "user:ana");
        Run.of("decide", "--actor", "user:ada", "--action", "complete")
                .exits(ExitCode.USAGE)
                .complains("'complete'", "PRODUCT/RESOURCE_TYPE/ACTION");
        Run.of("decide", "--actor", "user:ada", "--action", "a/b/c", "--project", "rag")
                .exits(ExitCode.USAGE)
                .complains("without organization");
        Run.of("dump-scope").exits(ExitCode.USAGE).complains("PATH");
    }

    @Test
    void shouldExplainWhatIsWrongWithARequestFile() throws Exception {
        file("{\"actor\": {\"typ\": \"user\"}}", "there is no field 'typ' in Actor", "did you mean 'type'?", "roles");
        file("{\"organisation\": \"acme\"}", "there is no field 'organisation' in DecideRequest", "It has:");
        file("{\"actor\": ", "not JSON", "line 1");
        file("{actor}", "request.json");
        file("{\"usage\": [{\"amount\": \"much\"}]}", "much");
        Run.in(session(), "decide", "--file", "none.json")
                .exits(ExitCode.USAGE)
                .complains("none.json", "does not exist");
        Files.writeString(directory.resolve("request.json"), "{}");
        Run.in(session(), "decide", "--file", "request.json", "--org", "acme")
                .exits(ExitCode.USAGE)
                .complains("--file is the whole request", "--org");
    }

    @Test
    void shouldRefuseAddressesOffThisHost() {
        final String[] question = {"--actor", "user:ada", "--action", "a/b/c", "--address", "192.0.2.1:7070"};
        for (String command : new String[] {"decide", "explain"}) {
            final String[] arguments = new String[question.length + 1];
            arguments[0] = command;
            System.arraycopy(question, 0, arguments, 1, question.length);
            Run.of(arguments).exits(ExitCode.USAGE).complains("not on this host");
        }
        for (String address : new String[] {"7071", "localhost", "localhost:x", "localhost:0", ":7071"}) {
            Run.of("status", "--address", address).exits(ExitCode.USAGE).complains("HOST:PORT");
        }
    }

    @Test
    void shouldHelpEveryCommandWithExamples() {
        final CommandLine line = Tollgate.commandLine(session());
        Run.of("--help").exits(ExitCode.OK).prints("Examples:", "Exit codes:");
        Run.of("help", "explain").exits(ExitCode.OK).prints("Usage: tollgate explain");
        line.getSubcommands().forEach((name, command) -> {
            final Run run =
                    Run.of(name, "--help").exits(ExitCode.OK).prints("Usage: tollgate " + command.getCommandName());
            if (!name.equals("version")
                    && !name.equals("help")
                    && !command.getCommandSpec().usageMessage().hidden()) {
                run.prints("Examples:");
            }
        });
    }

    @Test
    void shouldPrintVersionAndCompletion() {
        Run.of("--version").exits(ExitCode.OK).prints("tollgate ", "Java");
        Run.of("version", "--output", "json").exits(ExitCode.OK).prints("\"version\"");
        Run.of("completion").exits(ExitCode.OK).prints("complete -F", "dump-scope");
    }

    @Test
    void shouldColourOnlyATerminalThatWantsIt() {
        assertEquals(Paint.ANSI, Session.paint(Map.of(), true));
        assertEquals(Paint.ANSI, Session.paint(Map.of("NO_COLOR", ""), true));
        assertEquals(Paint.PLAIN, Session.paint(Map.of("NO_COLOR", "1"), true));
        assertEquals(Paint.PLAIN, Session.paint(Map.of("TERM", "dumb"), true));
        assertEquals(Paint.PLAIN, Session.paint(Map.of(), false));
    }

    @Test
    void shouldNotLetTheAnswerMoveTheCursor() {
        Run.of("decide", "--actor", "user:a\u001b[2Jb").exits(ExitCode.USAGE);
        final Run run = Run.of("decide", "--usage", "\u001b[2J", "--actor", "user:a", "--action", "a/b/c");
        assertFalse(run.err().contains("\u001b"), run.err());
        assertTrue(run.err().contains("\\u001b"), run.err());
    }

    private static void wrong(String expected, String also, String... flags) {
        final String[] arguments = new String[flags.length + 5];
        System.arraycopy(new String[] {"decide", "--actor", "user:ada", "--action", "a/b/c"}, 0, arguments, 0, 5);
        System.arraycopy(flags, 0, arguments, 5, flags.length);
        Run.of(arguments).exits(ExitCode.USAGE).complains(expected, also);
    }

    private static String[] repeated(String flag, String value, int times) {
        final String[] flags = new String[2 * times];
        for (int i = 0; i < times; i++) {
            flags[2 * i] = flag;
            flags[2 * i + 1] = value;
        }
        return flags;
    }

    private void file(String json, String... expected) throws Exception {
        Files.writeString(directory.resolve("request.json"), json);
        Run.in(session(), "decide", "--file", "request.json")
                .exits(ExitCode.USAGE)
                .complains(expected);
    }

    private Session session() {
        return Run.session(directory, Map.of(), "");
    }
}
