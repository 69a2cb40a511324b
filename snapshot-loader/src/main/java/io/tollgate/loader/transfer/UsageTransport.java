/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.transfer;

import io.tollgate.v1.UsageAck;
import io.tollgate.v1.UsageBatch;

/**
 * The way of usage reports to a control plane. Calls return at once; listeners are called on any thread, one call at a time per report,
 * perhaps before the method has returned, and only until {@link ControlPlaneClient.Listener#onEnd}.
 */
public interface UsageTransport {
    /** Begins a report. It has no deadline of its own: the caller watches for silence. */
    Report report(ControlPlaneClient.Listener<UsageAck> listener);

    /** {@return where reports go, for messages} */
    String address();

    /** A report under way. For one thread. */
    interface Report {
        /** {@return whether the transport takes a batch without piling it up} */
        boolean isReady();

        /** Sends; never blocks. After the report is over it has no effect. */
        void send(UsageBatch batch);

        /** Nothing more comes: the control plane ends the report once all is acknowledged. */
        void end();

        /** Ends it now. Again, or after the end, is harmless. */
        void cancel(String reason);
    }
}
