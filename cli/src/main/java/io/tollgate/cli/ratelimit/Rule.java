/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.ratelimit;

import org.jspecify.annotations.Nullable;

/**
 * A rule of the mapping.
 *
 * @param limit null = lets through
 * @param why what a reader of the file should know; empty = nothing
 */
record Rule(String name, Leaf leaf, @Nullable Limit limit, String why) {
    static final String STOP = "counted by no limit: what comes before it in the file is more specific";
    static final String LEFT_OUT = "LEFT OUT: was limited, and is not any more";
}
