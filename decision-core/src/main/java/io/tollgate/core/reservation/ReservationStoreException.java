/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reservation;

import java.io.Serial;

/** A file of reservations cannot be used as it is: damaged, of another format, of other counters. The message says what and where. */
public final class ReservationStoreException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    ReservationStoreException(String message) {
        super(message);
    }
}
