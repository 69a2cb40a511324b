/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.tollgate.cli.render.Paint.Style;
import io.tollgate.server.config.ConfigException;
import io.tollgate.server.lifecycle.SidecarStartException;
import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The one place where what went wrong becomes a message and an exit code. Only a bug shows its stack trace. */
final class Failures {
    private Failures() {}

    static int onParameter(ParameterException failure, String[] arguments) {
        final CommandLine line = failure.getCommandLine();
        print(line, String.valueOf(failure.getMessage()));
        final PrintWriter err = line.getErr();
        if (failure instanceof UnmatchedArgumentException unmatched) {
            final List<String> similar = unmatched.getSuggestions();
            if (!similar.isEmpty()) {
                err.println("Did you mean: " + similar.stream().limit(3).collect(Collectors.joining(" or ")) + "?");
            }
        }
        err.println("Try '" + line.getCommandSpec().qualifiedName() + " --help'.");
        err.flush();
        return ExitCode.USAGE;
    }

    static int onExecution(Exception failure, CommandLine line, ParseResult parsed) {
        if (failure instanceof CommandFailure known) {
            print(line, String.valueOf(known.getMessage()));
            return known.exitCode();
        }
        if (failure instanceof ConfigException
                || failure instanceof io.tollgate.control.ConfigException
                || failure instanceof SidecarStartException) {
            print(line, String.valueOf(failure.getMessage()));
            return ExitCode.USAGE;
        }
        if (failure instanceof StatusRuntimeException call) {
            print(line, "the call failed: " + describe(call.getStatus()));
            return ExitCode.UNREACHABLE;
        }
        print(line, "internal error; please report it with the following lines:");
        failure.printStackTrace(line.getErr());
        line.getErr().flush();
        return ExitCode.INTERNAL;
    }

    /** "DEADLINE_EXCEEDED: ..." */
    static String describe(Status status) {
        return status.getDescription() == null
                ? status.getCode().toString()
                : status.getCode() + ": " + status.getDescription();
    }

    private static void print(CommandLine line, String message) {
        final String name = line.getCommandSpec().qualifiedName();
        final StringBuilder text = new StringBuilder();
        for (String each : message.split("\n", -1)) {
            text.append(text.isEmpty() ? name + ": " : "  ")
                    .append(Session.of(line.getCommandSpec()).paint().in(Style.NONE, each))
                    .append(System.lineSeparator());
        }
        line.getErr().print(text);
        line.getErr().flush();
    }
}
