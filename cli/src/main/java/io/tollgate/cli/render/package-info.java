/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
/**
 * How answers look: numbers, durations, tables, colours, and the texts of decisions, explanations and states. Pure
 * functions of their input: no threads, no I/O, no clock.
 */
@NullMarked
package io.tollgate.cli.render;

import org.jspecify.annotations.NullMarked;
