/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.cli.render.Paint;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** What a command said and how it ended. */
record Run(int exitCode, String out, String err) {
    static {
        Logs.setUp();
    }

    static Run of(String... arguments) {
        return in(session(Path.of("").toAbsolutePath(), Map.of(), ""), arguments);
    }

    static Session session(Path directory, Map<String, String> environment, String input) {
        return session(directory, environment, input, null);
    }

    static Session session(Path directory, Map<String, String> environment, String input, @Nullable Path home) {
        return new Session(
                environment,
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                Paint.PLAIN,
                directory,
                home,
                new StopSignal());
    }

    static Run in(Session session, String... arguments) {
        final StringWriter out = new StringWriter();
        final StringWriter err = new StringWriter();
        final CommandLine line = Tollgate.commandLine(session);
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        final int exitCode = line.execute(arguments);
        session.stop().finished(exitCode);
        return new Run(exitCode, out.toString(), err.toString());
    }

    Run exits(int expected) {
        assertEquals(expected, exitCode, () -> "out:\n" + out + "err:\n" + err);
        return this;
    }

    /** On standard error, without a stack trace. */
    Run complains(String... expected) {
        for (String each : expected) {
            assertTrue(err.contains(each), () -> "expected '" + each + "' in:\n" + err);
        }
        assertTrue(!err.contains("\tat "), err);
        return this;
    }

    Run prints(String... expected) {
        for (String each : expected) {
            assertTrue(out.contains(each), () -> "expected '" + each + "' in:\n" + out);
        }
        return this;
    }

    /** The whole output, as kept in a file beside this class. With -Dtollgate.golden=write it is written instead. */
    void printsGolden(String name) {
        if ("write".equals(System.getProperty("tollgate.golden"))) {
            write(Path.of("src/test/resources/io/tollgate/cli", name), out);
            return;
        }
        assertEquals(read(name), out);
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(String name) {
        try (InputStream in = Objects.requireNonNull(Run.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
