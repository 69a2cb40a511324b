/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
/** Proves the converter against a plain model of the server that is converted from. One thread. */
@NullMarked
package io.tollgate.cli.ratelimit;

import org.jspecify.annotations.NullMarked;
