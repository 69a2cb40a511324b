/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
/**
 * Turns the configuration of the reference rate-limit server (envoyproxy/ratelimit) into a bundle and the {@code rate_limits} section of a
 * mapping. Everything here is immutable or used by one thread; it reads the files it is given and writes below the folder it is told.
 */
@NullMarked
package io.tollgate.cli.ratelimit;

import org.jspecify.annotations.NullMarked;
