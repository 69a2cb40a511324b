/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.ratelimit;

import io.tollgate.cli.ratelimit.Finding.Level;
import io.tollgate.control.source.Position;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects findings, each once. */
final class Findings {
    private final Set<Finding> found = new LinkedHashSet<>();

    void error(final Position at, final String message, final String remedy) {
        found.add(new Finding(Level.ERROR, at, message, remedy));
    }

    void lost(final Position at, final String message, final String remedy) {
        found.add(new Finding(Level.LOST, at, message, remedy));
    }

    void differs(final Position at, final String message, final String remedy) {
        found.add(new Finding(Level.DIFFERS, at, message, remedy));
    }

    void note(final Position at, final String message, final String remedy) {
        found.add(new Finding(Level.NOTE, at, message, remedy));
    }

    boolean has(final Level level) {
        return found.stream().anyMatch(each -> each.level() == level);
    }

    /** {@return all, the worst first, each level by file and line} */
    List<Finding> sorted() {
        return found.stream()
                .sorted(Comparator.comparing(Finding::level)
                        .thenComparing(each -> each.at().file())
                        .thenComparing(each -> each.at().line())
                        .thenComparing(each -> each.at().column()))
                .toList();
    }
}
