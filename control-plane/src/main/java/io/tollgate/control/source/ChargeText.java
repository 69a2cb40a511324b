/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.source;

/**
 * What an action takes from a dimension, as written.
 *
 * @param fromUsage what the request says it uses, else {@code constant}
 * @param onlyUnit from usage in this unit alone; empty = in any that converts
 * @param constant per request
 */
public record ChargeText(boolean fromUsage, String onlyUnit, Amount constant) {}
