/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.source.Code;
import java.util.function.UnaryOperator;

/**
 * A mistake and where it must be found.
 *
 * @param name what is wrong
 * @param code of every finding that it leads to
 * @param text part of the message or the remedy
 * @param edit makes the mistake; marks the place, or none when the file as a whole is meant
 */
record Finding(String name, Code code, String text, UnaryOperator<TinyBundle> edit) {

    static Finding of(Code code, String text, String file, String old, String replacement) {
        return new Finding(
                code.label() + ": " + replacement.strip().lines().findFirst().orElse("removed"),
                code,
                text,
                bundle -> bundle.edit(file, old, replacement));
    }

    static Finding of(String name, Code code, String text, UnaryOperator<TinyBundle> edit) {
        return new Finding(code.label() + ": " + name, code, text, edit);
    }

    /** The same with one more edit of the billing file. */
    Finding and(String old, String replacement) {
        return with("billing/billing.yaml", old, replacement);
    }

    /** The same with one more edit. */
    Finding with(String file, String old, String replacement) {
        return new Finding(name, code, text, bundle -> edit.apply(bundle).edit(file, old, replacement));
    }

    @Override
    public String toString() {
        return name;
    }
}
