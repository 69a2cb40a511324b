/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.config;

/**
 * A good value and where it was written, for messages.
 *
 * @param text   as written
 * @param source file or "override"
 * @param line   0 = none
 * @param column 0 = none
 */
record ConfigValue(String text, String source, int line, int column) {}
