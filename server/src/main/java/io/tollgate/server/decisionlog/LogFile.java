/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decisionlog;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The log file that is being written, or one that fails, in tests. Belongs to the log's thread. */
interface LogFile extends AutoCloseable {
    /** Opens files; {@link DiskLogFile} in production. */
    interface Opener {
        /** {@return the file, made if there was none, to be written at its end} */
        LogFile open(java.nio.file.Path path) throws IOException;
    }

    /** {@return bytes in it} */
    long length() throws IOException;

    /** Appends some of the bytes, at least one. */
    void write(ByteBuffer bytes) throws IOException;

    /** Cuts what is behind. */
    void truncate(long length) throws IOException;

    /** Makes it survive a loss of power. */
    void force() throws IOException;

    @Override
    void close() throws IOException;
}
