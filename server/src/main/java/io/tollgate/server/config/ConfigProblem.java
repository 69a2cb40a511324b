/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.config;

/**
 * One thing that is wrong with a configuration.
 *
 * @param source where it was read: a file's name, "environment" or "override"
 * @param line   line in that source, 1 = the first; 0 = the source has no lines
 * @param column column in that line, 1 = the first; 0 = the source has no columns
 * @param key    dotted name of the key, empty when the source could not be read at all
 * @param what   what is wrong, the value, and how to mend it
 */
public record ConfigProblem(String source, int line, int column, String key, String what) {
    /** {@return "sidecar.yaml:3:12: listen.address: ..."} */
    @Override
    public String toString() {
        final String place = line == 0 ? source : source + ":" + line + ":" + column;
        return key.isEmpty() ? place + ": " + what : place + ": " + key + ": " + what;
    }
}
