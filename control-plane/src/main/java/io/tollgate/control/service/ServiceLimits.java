/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.service;

/**
 * How much the services take on at once. What comes beyond is refused with RESOURCE_EXHAUSTED.
 *
 * @param maxPulls snapshot streams under way
 * @param maxWaits polls that wait
 * @param maxWaitMs longest wait; longer ones are cut to this
 * @param maxConnections connections whose calls are answered
 * @param maxCallsPerConnection calls under way on one connection
 * @param maxReports usage reports under way
 */
public record ServiceLimits(
        int maxPulls, int maxWaits, long maxWaitMs, int maxConnections, int maxCallsPerConnection, int maxReports) {
    /** Plenty for some thousand sidecars. */
    public static final ServiceLimits DEFAULT = new ServiceLimits(64, 10_000, 60_000, 10_000, 64, 1_000);

    /** Checks that the limits are usable. */
    public ServiceLimits {
        if (maxPulls <= 0
                || maxWaits <= 0
                || maxWaitMs <= 0
                || maxConnections <= 0
                || maxCallsPerConnection <= 0
                || maxReports <= 0) {
            throw new IllegalArgumentException("every limit of the service must be positive");
        }
    }
}
