/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** {@code --help} for every command and {@code --version} for the program, so that no command can forget them. */
final class StandardOptions {
    private StandardOptions() {}

    static void addToAll(CommandLine line) {
        final CommandSpec spec = line.getCommandSpec();
        if (spec.findOption("--help") != null) {
            return; // seen under another name
        }
        spec.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .type(boolean.class)
                .description("Shows this help.")
                .build());
        if (spec.parent() == null) {
            spec.versionProvider(new Version());
            spec.addOption(OptionSpec.builder("-V", "--version")
                    .versionHelp(true)
                    .type(boolean.class)
                    .description("Shows the version.")
                    .build());
        }
        spec.usageMessage().synopsisHeading("Usage: ").abbreviateSynopsis(true).sortOptions(false);
        for (CommandLine child : line.getSubcommands().values()) {
            addToAll(child);
        }
    }
}
