/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy;

import io.tollgate.v1.CeilingState;
import io.tollgate.v1.DimensionKind;
import java.util.function.BiConsumer;

/**
 * The header fields RateLimit and RateLimit-Policy of draft-ietf-httpapi-ratelimit-headers (structured fields): one policy, the ceiling
 * that
 * binds, named by its id. Quota is the limit, or the burst of a rate; the window is told where it is known.
 */
public final class RateLimitFields {
    private static final long MS_PER_SECOND = 1_000;

    private RateLimitFields() {}

    /**
     * Adds the fields.
     *
     * @param nowMs milliseconds since 1970
     * @param to    takes name and value
     */
    public static void add(final CeilingState ceiling, final long nowMs, final BiConsumer<String, String> to) {
        if (ceiling.getUnlimited() || ceiling.getId().isEmpty()) {
            return;
        }
        final String name = quoted(ceiling.getId());
        final StringBuilder policy = new StringBuilder(name);
        policy.append(";q=").append(Math.max(0, ceiling.getLimit()));
        final boolean isGauge = ceiling.getKind() == DimensionKind.DIMENSION_KIND_GAUGE;
        policy.append(";qu=").append(quoted(isGauge ? "concurrent-requests" : ceiling.getUnit()));
        if (ceiling.getPeriodMs() > 0) {
            policy.append(";w=").append(seconds(ceiling.getPeriodMs()));
        }
        to.accept("ratelimit-policy", policy.toString());
        final StringBuilder left = new StringBuilder(name).append(";r=").append(Math.max(0, ceiling.getRemaining()));
        if (ceiling.getResetsAtMs() > nowMs) {
            left.append(";t=").append(seconds(ceiling.getResetsAtMs() - nowMs));
        }
        to.accept("ratelimit", left.toString());
    }

    private static long seconds(final long ms) {
        return (ms + MS_PER_SECOND - 1) / MS_PER_SECOND;
    }

    /** {@return a string of RFC 8941: printable ASCII, quotes and backslashes escaped} */
    public static String quoted(final String text) {
        final StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            final char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\');
            }
            quoted.append(c >= ' ' && c < 0x7f ? c : '?');
        }
        return quoted.append('"').toString();
    }
}
