/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.source;

import java.util.Locale;

/** The parts of a bundle. ROOT is the file tollgate.yaml, all others are folders. */
public enum Folder {
    ROOT,
    REGISTRY,
    DIRECTORY,
    POLICIES,
    LIMITS,
    CAPACITY,
    BILLING,
    TESTS;

    /** The file that makes a directory a bundle. */
    public static final String ROOT_FILE = "tollgate.yaml";

    /** {@return the folder's name in the bundle, "policies"} */
    public String folderName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
