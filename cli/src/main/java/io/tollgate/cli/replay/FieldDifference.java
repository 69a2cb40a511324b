/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.replay;

/**
 * One field in which two answers differ.
 *
 * @param field as in JSON: {@code bindingCeiling.used}, {@code warnings[0].message}
 * @param recorded in the log; empty = absent there
 * @param replayed empty = absent there
 */
public record FieldDifference(String field, String recorded, String replayed) {}
