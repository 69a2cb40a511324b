/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import io.tollgate.server.envoy.mapping.Mapping;
import io.tollgate.server.envoy.mapping.MappingReader;
import io.tollgate.v1.GetConfigRequest;
import io.tollgate.v1.GetConfigResponse;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The question as a request that Envoy asks about, and the mapping that makes it. */
final class CheckOptions {
    private static final String FROM_CHECK = "--from-check";

    @Spec(Spec.Target.MIXEE)
    CommandSpec spec;

    @Option(
            names = FROM_CHECK,
            paramLabel = "FILE",
            description =
                    "What Envoy would ask (CheckRequest) about an HTTP request: JSON, or the text of Envoy's log; "
                            + "- reads standard input. Shows the rule that matches, the question, and what Envoy gets.")
    @Nullable
    Path file;

    @Option(
            names = "--mapping",
            paramLabel = "FILE",
            description = "With --from-check: the mapping; default: that of the running sidecar.")
    @Nullable
    Path mapping;

    @Option(names = "--question-only", description = "With --from-check: nobody is asked.")
    boolean questionOnly;

    @Option(
            names = "--take",
            description = "With --from-check: asked in the mode of the rule, so that it takes; default: as CHECK.")
    boolean take;

    @Option(
            names = "--admin",
            paramLabel = "HOST:PORT",
            defaultValue = Admin.DEFAULT_ADDRESS,
            description =
                    "With --from-check: the sidecar's admin port, which tells its mapping; default ${DEFAULT-VALUE}.")
    String admin;

    /** A mapping and how people know it. */
    record Named(Mapping mapping, String name) {}

    boolean isAsked() {
        return file != null;
    }

    /** Without a Check these options mean nothing. */
    void requireNothing() {
        if (mapping != null || questionOnly || take) {
            throw CommandFailure.usage("--mapping, --question-only and --take go with " + FROM_CHECK + " FILE");
        }
    }

    void requireSense() {
        if (questionOnly && take) {
            throw CommandFailure.usage("--question-only asks nobody, so nothing can be taken; leave out --take");
        }
    }

    /** @throws io.tollgate.server.config.ConfigException naming every mistake of the mapping */
    Named mapping() {
        if (mapping != null) {
            return new Named(MappingReader.read(Session.of(spec).resolve(mapping)), mapping.toString());
        }
        try {
            final GetConfigResponse config =
                    Admin.at(admin).ask(sidecar -> sidecar.getConfig(GetConfigRequest.getDefaultInstance()));
            if (!config.getEnvoyMapping().isEmpty()) {
                final String name = "that of the sidecar at " + admin;
                return new Named(MappingReader.read(config.getEnvoyMapping(), name), name);
            }
        } catch (CommandFailure nobody) {
            if (nobody.exitCode() == ExitCode.USAGE) {
                throw nobody;
            }
        }
        return new Named(
                MappingReader.byContext(),
                "the built-in one, by context extensions: no sidecar tells its own at " + admin
                        + " (--admin), and --mapping names none");
    }
}
