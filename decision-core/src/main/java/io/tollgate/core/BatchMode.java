/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core;

/** How the requests of a batch stand together; each on its own is no batch to the engine. */
public enum BatchMode {
    /** Each is judged as if those before it that were allowed had been taken; nothing is taken. */
    CUMULATIVE,
    /** Judged the same way; all are taken in one step, or none. */
    ATOMIC
}
