/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server;

/** What this program is. */
final class Build {
    private Build() {}

    /** {@return the version in the jar's manifest; "development" outside of a jar} */
    static String version() {
        final String version = Build.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
