/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.install;

import io.tollgate.v1.Section;
import java.util.Locale;

/** Names of the Chronicle Map files. */
final class SectionFiles {
    private static final String PREFIX = "SECTION_";

    private SectionFiles() {}

    /** {@code directory.chm} */
    static String nameOf(Section section) {
        return shortName(section) + ".chm";
    }

    /** {@code directory}: for people. */
    static String shortName(Section section) {
        return section.name().substring(PREFIX.length()).toLowerCase(Locale.ROOT);
    }
}
