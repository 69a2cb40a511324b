/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.config;

/**
 * One key: the single source for reading, defaults, the dump and the reference table.
 *
 * @param name         dotted, unit last: "shed.max_loop_lag_ms"
 * @param type         what it takes
 * @param defaultText  value when nobody sets it, as written in YAML; empty = none
 * @param meaning      a sentence or two for the reference table
 */
record ConfigKey(String name, ConfigType type, String defaultText, String meaning) {}
