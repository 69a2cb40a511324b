/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

/**
 * Ends a command with an exit code and a message for people: what, where, and how to mend it. Shown without a stack
 * trace.
 */
final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    private CommandFailure(int exitCode, String message) {
        super(message, null, false, false);
        this.exitCode = exitCode;
    }

    static CommandFailure usage(String message) {
        return new CommandFailure(ExitCode.USAGE, message);
    }

    static CommandFailure no(String message) {
        return new CommandFailure(ExitCode.NO, message);
    }

    static CommandFailure unreachable(String message) {
        return new CommandFailure(ExitCode.UNREACHABLE, message);
    }

    static CommandFailure stale(String message) {
        return new CommandFailure(ExitCode.STALE, message);
    }

    int exitCode() {
        return exitCode;
    }
}
