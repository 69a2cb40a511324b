/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

/** The names under which the loader logs. */
final class Loggers {
    static final System.Logger LOADER = System.getLogger("tollgate.loader");

    private Loggers() {}
}
