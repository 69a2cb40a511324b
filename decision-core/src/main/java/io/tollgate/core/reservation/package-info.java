/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
/**
 * Reservations and idempotency keys of a sidecar: what is held, for whom it will be settled, and what was answered already.
 *
 * <p>{@link io.tollgate.core.reservation.ReservationStore} is the mapped file, {@link
 * io.tollgate.core.reservation.ReservationDesk} what one
 * worker does with it: record, settle, release, extend, expire; no lock, no allocation, no system call, no exception.
 * {@link io.tollgate.core.reservation.ReservationSweeper} ends what is due.
 *
 * <p>Threads: any number of desks, each of one thread; the loader's thread opens, grows and closes. Nothing here starts a thread or reads a
 * clock.
 */
@NullMarked
package io.tollgate.core.reservation;

import org.jspecify.annotations.NullMarked;
