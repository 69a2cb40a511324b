/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import java.util.logging.LogManager;

/**
 * Java's log manager closes its handlers as soon as the process begins to stop; a server still has things to say while
 * it drains.
 */
public final class StayingLogManager extends LogManager {
    /** For the JDK, which finds this class by its name. */
    public StayingLogManager() {}

    /** The JDK asks for this when the process stops. */
    @Override
    public void reset() {}

    void resetNow() {
        super.reset();
    }
}
