/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
/**
 * The one program: a class per command, options shared as mixins, exit codes in one place. Commands run on the main
 * thread; servers that they start own their threads. May touch the terminal, the files named on the command line, and
 * the servers' public classes.
 */
@NullMarked
package io.tollgate.cli;

import org.jspecify.annotations.NullMarked;
