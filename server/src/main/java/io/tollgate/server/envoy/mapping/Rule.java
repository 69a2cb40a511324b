/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.mapping;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which requests, and what is asked about them. Immutable.
 *
 * @param name       unique; in metadata, logs and metrics
 * @param match      which requests
 * @param ask        what is asked; what the file's {@code request} says is in here too. Null = they pass, nothing is asked
 * @param settlement of a reservation; null = the application settles
 */
record Rule(String name, Match match, @Nullable Ask ask, @Nullable Settlement settlement) {

    /**
     * Which requests; all of it must hold.
     *
     * @param methods upper case; empty = any
     * @param hosts   lower case, {@code *.example.com} for all below; empty = any
     * @param path    null = any
     * @param context extensions of the route that must be so
     */
    record Match(Set<String> methods, List<String> hosts, @Nullable PathTemplate path, Map<String, String> context) {
        /** {@return what the names of the path stand for, or null when the request is another} */
        @Nullable
        Map<String, String> match(final CheckFacts facts) throws Refusal {
            if (!methods.isEmpty() && !methods.contains(facts.method())) {
                return null;
            }
            if (!hosts.isEmpty() && !isOneOf(facts.host())) {
                return null;
            }
            for (final Map.Entry<String, String> each : context.entrySet()) {
                if (!each.getValue().equals(facts.context(each.getKey()))) {
                    return null;
                }
            }
            return path == null ? Map.of() : path.match(facts.path());
        }

        private boolean isOneOf(final String host) {
            for (final String each : hosts) {
                if (each.startsWith("*.")
                        ? host.endsWith(each.substring(1)) && host.length() >= each.length()
                        : host.equals(each)) {
                    return true;
                }
            }
            return false;
        }

        /** {@return whether everything that the other is for is for this one too, as far as is easily seen} */
        boolean covers(final Match other) {
            return (methods.isEmpty() || !other.methods.isEmpty() && methods.containsAll(other.methods))
                    && (hosts.isEmpty() || !other.hosts.isEmpty() && hosts.containsAll(other.hosts))
                    && other.context.entrySet().containsAll(context.entrySet())
                    && (path == null || other.path != null && path.shape().equals(other.path.shape()));
        }
    }
}
