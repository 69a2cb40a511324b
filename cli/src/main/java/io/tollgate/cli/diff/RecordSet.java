/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.diff;

import io.tollgate.v1.Section;
import io.tollgate.v1.SnapshotManifest;
import java.io.IOException;

/** The records of one snapshot, wherever they are. */
public interface RecordSet {
    /** Takes records. */
    @FunctionalInterface
    interface Visitor {
        /** One record; the arrays are the visitor's own. */
        void record(byte[] key, byte[] value) throws IOException;
    }

    /** {@return what it is called, for messages} */
    String name();

    /** {@return its manifest} */
    SnapshotManifest manifest();

    /** Visits every record of a section, in any order. */
    void forEach(Section section, Visitor visitor) throws IOException;
}
