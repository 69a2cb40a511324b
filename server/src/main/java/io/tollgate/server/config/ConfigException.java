/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.config;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration that cannot be used. Its message holds every problem, one a line; no secret is among them. */
public final class ConfigException extends RuntimeException {
    private final transient List<ConfigProblem> problems;
    private final String lines;

    /** A configuration with these problems. */
    public ConfigException(final List<ConfigProblem> problems) {
        this.problems = List.copyOf(problems);
        this.lines = problems.stream().map(ConfigProblem::toString).collect(Collectors.joining("\n"));
    }

    /** {@return all problems, in the order of the source} */
    public List<ConfigProblem> problems() {
        return problems;
    }

    /** {@return all problems, one a line} */
    @Override
    public String getMessage() {
        return lines;
    }
}
