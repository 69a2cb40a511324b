/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import com.google.gson.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code tollgate version} */
@Command(name = "version", description = "Shows the version.")
final class VersionCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Mixin
    OutputOptions output;

    @Override
    public Integer call() {
        final JsonObject json = new JsonObject();
        json.addProperty("version", Version.text());
        json.addProperty("java", Runtime.version().toString());
        output.print(json, paint -> new Version().getVersion()[0] + "\n");
        return ExitCode.OK;
    }
}
