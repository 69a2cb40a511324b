/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.source;

import io.tollgate.control.source.Diagnostic.Severity;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects what is wrong with a bundle, each finding once. Used by one thread. */
public final class Diagnostics {
    /** Findings beyond this many are counted, not kept: nobody reads them, and a broken file must not fill the heap. */
    public static final int MAX_KEPT = 5_000;

    private final Set<Diagnostic> found = new LinkedHashSet<>();
    private int dropped;
    private boolean hasErrors;

    /** Adds an error: the bundle cannot be published. */
    public void error(Position at, Code code, String message, String remedy) {
        hasErrors = true;
        add(Severity.ERROR, at, code, message, remedy);
    }

    /** Adds a warning. */
    public void warning(Position at, Code code, String message, String remedy) {
        add(Severity.WARNING, at, code, message, remedy);
    }

    private void add(Severity severity, Position at, Code code, String message, String remedy) {
        if (found.size() == MAX_KEPT) {
            dropped++;
        } else {
            found.add(new Diagnostic(severity, at.file(), at.line(), at.column(), code, message, remedy));
        }
    }

    /** {@return whether further findings are only counted, so that their words do not matter} */
    public boolean isFull() {
        return found.size() == MAX_KEPT;
    }

    /** {@return whether there is any error} */
    public boolean hasErrors() {
        return hasErrors;
    }

    /** {@return all findings, by place} */
    public List<Diagnostic> sorted() {
        List<Diagnostic> all = new ArrayList<>(found);
        Collections.sort(all);
        if (dropped > 0) {
            all.add(new Diagnostic(
                    hasErrors ? Severity.ERROR : Severity.WARNING,
                    "",
                    0,
                    0,
                    Code.TOO_LARGE,
                    "and " + dropped + " more findings",
                    "mend these first"));
        }
        return all;
    }
}
