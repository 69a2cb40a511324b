/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
/**
 * Ceilings: what a rate, a period or a gauge admits, where the live counters lie, and how one request takes from all of
 * its ceilings or from none.
 *
 * <p>Pure arithmetic: {@link io.tollgate.core.quota.Gcra}, {@link io.tollgate.core.quota.PeriodCalendar}. Counters:
 * {@link io.tollgate.core.quota.CellStore} (mapped files, the only input and output here) hands out
 * {@link io.tollgate.core.quota.Cells}. Decision path: {@link io.tollgate.core.quota.TakePlan} and
 * {@link io.tollgate.core.quota.Taker}, one of each per worker thread; no lock, no allocation, no exception.
 *
 * <p>Threads: workers read and change cells; the loader thread alone allocates cells, grows the store and builds
 * {@link io.tollgate.core.quota.PeriodTable}s. Nothing here starts a thread or reads a clock.
 */
@NullMarked
package io.tollgate.core.quota;

import org.jspecify.annotations.NullMarked;
