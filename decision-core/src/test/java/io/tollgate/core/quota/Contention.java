/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

/** Another worker that is in the middle of something for as long as a test wants. */
public final class Contention {
    private Contention() {}

    /** A worker gives back and does not come to an end: no deny is final meanwhile, and no refund is possible. */
    public static void begin(InFlight inFlight, int worker) {
        inFlight.enterUndo(worker);
    }

    /** It has come to its end. */
    public static void end(InFlight inFlight, int worker) {
        inFlight.exitUndo(worker);
    }
}
