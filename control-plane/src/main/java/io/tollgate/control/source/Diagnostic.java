/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.source;

import java.util.Comparator;

/**
 * One mistake, or one thing to look at, in a bundle.
 *
 * @param severity an error keeps the bundle from being published
 * @param file relative to the bundle's directory, with slashes; empty = the bundle as a whole
 * @param line from 1; 0 = the file as a whole
 * @param column from 1; 0 = the file as a whole
 * @param code what kind of mistake, see docs/bundle.md
 * @param message what is wrong, with the offending value
 * @param remedy how to mend it; never empty
 */
public record Diagnostic(Severity severity, String file, int line, int column, Code code, String message, String remedy)
        implements Comparable<Diagnostic> {
    private static final Comparator<Diagnostic> ORDER = Comparator.comparing(Diagnostic::file)
            .thenComparingInt(Diagnostic::line)
            .thenComparingInt(Diagnostic::column)
            .thenComparing(Diagnostic::severity)
            .thenComparing(Diagnostic::code)
            .thenComparing(Diagnostic::message)
            .thenComparing(Diagnostic::remedy);

    /** How bad it is. */
    public enum Severity {
        ERROR,
        WARNING;

        /** {@return "error" or "warning"} */
        public String label() {
            return this == ERROR ? "error" : "warning";
        }
    }

    /** {@return where it is} */
    public Position position() {
        return new Position(file, line, column);
    }

    @Override
    public int compareTo(Diagnostic other) {
        return ORDER.compare(this, other);
    }

    /** "limits/acme.yaml:4:7: error: unknown key 'limt' [unknown-key]: did you mean 'limit'?" */
    @Override
    public String toString() {
        return (file.isEmpty() ? "bundle" : position()) + ": " + severity.label() + ": " + message + " [" + code.label()
                + "]: " + remedy;
    }
}
