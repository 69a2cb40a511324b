/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.ratelimit;

import java.util.Set;
import java.util.TreeSet;

/**
 * An organization of the directory, while it is put together.
 *
 * @param principals as type:id
 */
record Organization(Set<String> projects, Set<String> principals) {
    Organization() {
        this(new TreeSet<>(), new TreeSet<>());
    }
}
