/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.fuzz;

import java.util.List;

/**
 * Feeds bytes to a reader. What the reader may refuse with is part of the target; anything else that is thrown is a find.
 *
 * <p>{@code bench/fuzz NAME} runs Jazzer on it; {@link FuzzTest} runs it on its seeds, on former finds, and on some random changes of both.
 */
interface FuzzTarget {
    /** Bytes that make sense, to start from. */
    List<byte[]> seeds();

    /** One input; throws what must not be thrown. */
    void run(byte[] data) throws Exception;
}
