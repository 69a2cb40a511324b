/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.source;

import io.tollgate.v1.Period;

/**
 * The window of a limit, as written.
 *
 * @param lengthMs of a duration; 0 = it names a period
 * @param period PERIOD_UNSPECIFIED = a duration, or the billing period
 * @param billingPeriod the customer's billing period
 */
public record WindowText(long lengthMs, Period period, boolean billingPeriod) {}
