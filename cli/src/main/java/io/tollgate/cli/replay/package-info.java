/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
/**
 * Replays an entry of the decision log and compares the two answers field by field. Everything runs on the command's thread, offline; reads
 * the files that it is given and writes a scratch folder that it deletes.
 */
@NullMarked
package io.tollgate.cli.replay;

import org.jspecify.annotations.NullMarked;
