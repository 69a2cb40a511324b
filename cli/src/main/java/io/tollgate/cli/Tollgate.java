/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import io.tollgate.cli.render.Paint;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The program. */
@Command(
        name = "tollgate",
        description =
                "May this actor do this, with this much, now? Tollgate answers on the same host, in microseconds, and says why.",
        subcommands = {
            DevCommand.class,
            SidecarCommand.class,
            ControlPlaneCommand.class,
            DecideCommand.class,
            ExplainCommand.class,
            ExtendCommand.class,
            SettleCommand.class,
            ReleaseCommand.class,
            ReservationsCommand.class,
            JournalCommand.class,
            LedgerCommand.class,
            StatusCommand.class,
            HealthCommand.class,
            ConfigCommand.class,
            RatelimitCommand.class,
            TailCommand.class,
            DumpScopeCommand.class,
            CheckCommand.class,
            TestCommand.class,
            CompileCommand.class,
            SnapshotCommand.class,
            KeysCommand.class,
            VersionCommand.class,
            CompletionCommand.class,
            CommandLine.HelpCommand.class,
            TrainCommand.class,
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tollgate dev            everything in one process, with a sample organisation",
            "  tollgate explain --org lumen --project rag --actor user:ana \\",
            "      --action llm/model/invoke --usage 1000:input_token",
            "  tollgate status",
            "",
            "Exit codes: 0 yes or fine, 1 no, 2 usage, 3 unreachable,",
            "            4 stale or missing snapshot, 70 internal error.",
        })
public final class Tollgate implements Callable<Integer> {
    private final Session session;

    @Spec
    CommandSpec spec;

    Tollgate(Session session) {
        this.session = session;
    }

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        Logs.setUp();
        final Session session = Session.ofProcess();
        final int exitCode = commandLine(session).execute(arguments);
        session.stop().finished(exitCode);
        System.exit(exitCode);
    }

    /** The program, ready to run commands. */
    static CommandLine commandLine(Session session) {
        final CommandLine line = new CommandLine(new Tollgate(session));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setColorScheme(Help.defaultColorScheme(session.paint() == Paint.ANSI ? Help.Ansi.ON : Help.Ansi.OFF));
        line.setParameterExceptionHandler(Failures::onParameter);
        line.setExecutionExceptionHandler(Failures::onExecution);
        line.setUsageHelpAutoWidth(true);
        StandardOptions.addToAll(line);
        return line;
    }

    Session session() {
        return session;
    }

    /** Without a command: what there is. */
    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return ExitCode.USAGE;
    }
}
