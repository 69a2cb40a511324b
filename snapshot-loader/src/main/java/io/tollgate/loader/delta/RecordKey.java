/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.delta;

import com.google.protobuf.ByteString;
import io.tollgate.v1.DeltaChange;
import io.tollgate.v1.Section;

/**
 * What a record is found by.
 *
 * @param section whose set of records it is in
 * @param key its key there
 */
public record RecordKey(Section section, ByteString key) {
    static RecordKey of(DeltaChange change) {
        return new RecordKey(change.getSection(), change.getKey());
    }

    /** {@return the key of a record by name} */
    public static RecordKey of(Section section, String name) {
        return new RecordKey(section, ByteString.copyFromUtf8(name));
    }

    /** {@return the key as text} */
    public String name() {
        return key.toStringUtf8();
    }
}
