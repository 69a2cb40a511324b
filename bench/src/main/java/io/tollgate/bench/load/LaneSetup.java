/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.load;

import io.grpc.ManagedChannel;
import java.util.concurrent.ScheduledExecutorService;

/**
 * What a lane works with.
 *
 * @param channel    its connection
 * @param pool       what to send
 * @param window     when to measure
 * @param inFlight   most unanswered calls
 * @param closedLoop whether answers start the next call
 * @param timer      runs retries; may be shared
 */
record LaneSetup(
        ManagedChannel channel,
        RequestPool pool,
        MeasuredWindow window,
        int inFlight,
        boolean closedLoop,
        ScheduledExecutorService timer) {}
