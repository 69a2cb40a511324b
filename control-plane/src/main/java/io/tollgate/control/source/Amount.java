/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.source;

/**
 * An amount as written.
 *
 * @param number from 0
 * @param unit empty = the default one of its place
 * @param unlimited written as "unlimited"; number is 0 then
 */
public record Amount(long number, String unit, boolean unlimited) {}
