/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import io.tollgate.cli.render.Paint;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/**
 * What a command finds around it; tests bring their own.
 *
 * @param environment variables
 * @param in standard input
 * @param paint whether to colour
 * @param directory what relative paths start from
 * @param home Tollgate's checkout or installation, null when not told
 * @param stop ends what serves
 */
record Session(
        Map<String, String> environment,
        InputStream in,
        Paint paint,
        Path directory,
        @Nullable Path home,
        StopSignal stop) {
    private static final String HOME_PROPERTY = "tollgate.home";

    static Session ofProcess() {
        final Map<String, String> environment = System.getenv();
        final String home = System.getProperty(HOME_PROPERTY);
        return new Session(
                environment,
                System.in,
                paint(environment, isTerminal()),
                Path.of("").toAbsolutePath(),
                home == null ? null : Path.of(home),
                new StopSignal());
    }

    /** The session of the program that the command belongs to. */
    static Session of(CommandSpec spec) {
        return ((Tollgate) spec.root().userObject()).session();
    }

    /** https://no-color.org: any value but the empty one. */
    static Paint paint(Map<String, String> environment, boolean terminal) {
        final boolean refused =
                !environment.getOrDefault("NO_COLOR", "").isEmpty() || "dumb".equals(environment.get("TERM"));
        return terminal && !refused ? Paint.ANSI : Paint.PLAIN;
    }

    Path resolve(Path path) {
        return directory.resolve(path).normalize();
    }

    /** Java only tells whether standard input and output both are terminals; what matters is where the output goes. */
    private static boolean isTerminal() {
        try {
            final String target =
                    Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException | UnsupportedOperationException e) {
            return System.console() != null;
        }
    }
}
