/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.config;

/** A text that must not reach a log: it shows itself masked, with where it came from. Immutable. */
public final class Secret {
    private final String value;
    private final String origin;

    Secret(final String value, final String origin) {
        this.value = value;
        this.origin = origin;
    }

    /** {@return the secret itself; keep it out of logs, messages and exceptions} */
    public String reveal() {
        return value;
    }

    /** {@return "*** (from file /etc/tollgate/token)"} */
    @Override
    public String toString() {
        return "*** (from " + origin + ")";
    }
}
