/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.delta;

import com.google.protobuf.ByteString;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The records of the installed snapshot that deltas lie on. */
@FunctionalInterface
public interface BaseRecords {
    /**
     * Looks a record up.
     *
     * @return null when the snapshot has no such record
     * @throws IOException when it cannot be read
     */
    @Nullable
    ByteString find(RecordKey key) throws IOException;
}
