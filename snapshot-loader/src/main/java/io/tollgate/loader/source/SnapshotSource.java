/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.source;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Where a snapshot file and the statement beside it are read from. Methods block; several threads at once. */
interface SnapshotSource extends AutoCloseable {
    /** The statement's name is the snapshot's and this. */
    String STATEMENT_SUFFIX = ".fresh";

    /** A statement is smaller than this by far. */
    int MAX_STATEMENT_BYTES = 64 << 10;

    /**
     * The bytes of a snapshot file.
     *
     * @param bytes the reader closes it
     * @param tag what this content is called, to go on with it later; empty = it cannot be gone on with
     * @param offset where in the file the bytes begin: what was asked for, or 0 when the content is another one now
     */
    record Content(InputStream bytes, String tag, long offset) {}

    /**
     * What was found beside the snapshot.
     *
     * @param bytes null = there is none
     * @param sourceNowMs the source's own clock when it answered, milliseconds since 1970; 0 = it has none
     */
    record Statement(byte @Nullable [] bytes, long sourceNowMs) {}

    /**
     * Reads the beginning of the snapshot that is there now: at least its manifest, when it has that much.
     *
     * @param maxBytes no more than these
     * @throws IOException when it cannot be had; a {@link SourceException} says why
     */
    byte[] head(int maxBytes) throws IOException;

    /** Reads the statement that is there now. */
    Statement statement() throws IOException;

    /**
     * Reads the snapshot.
     *
     * @param tag of the content to go on with; empty = from its start
     * @param offset where to go on
     */
    Content open(String tag, long offset) throws IOException;

    /** For messages; holds no secret. */
    String address();

    @Override
    void close();
}
