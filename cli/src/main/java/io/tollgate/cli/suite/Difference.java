/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.suite;

/**
 * Where an answer is not what was expected.
 *
 * @param field    key of the expected answer
 * @param expected as text
 * @param actual   as text
 */
public record Difference(String field, String expected, String actual) {}
