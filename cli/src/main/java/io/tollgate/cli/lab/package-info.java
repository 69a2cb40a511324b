/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
/**
 * The lab: a bundle or a snapshot in process, asked through the real engine and the real edge, with a clock that its user sets. No network,
 * no threads of its own; everything belongs to the thread that opened it.
 */
@NullMarked
package io.tollgate.cli.lab;

import org.jspecify.annotations.NullMarked;
