/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.mapping;

/** An HTTP request that makes no question: what is wrong with it, in words that its sender may see. Cheap: it has no stack trace. */
public final class Refusal extends Exception {
    private static final long serialVersionUID = 1;

    private final Kind kind;

    /** What kind of trouble it is. */
    public enum Kind {
        /** The path, a header or the query is written in a way that two programs could read differently. */
        UNSAFE,
        /** No rule of the mapping is for such a request. */
        NO_RULE,
        /** A value that the rule needs is missing or cannot be read. */
        VALUE
    }

    Refusal(final Kind kind, final String message) {
        super(message, null, false, false);
        this.kind = kind;
    }

    /** {@return what kind of trouble it is} */
    public Kind kind() {
        return kind;
    }

    /** {@return what the sender may see} */
    public String message() {
        return String.valueOf(getMessage());
    }
}
