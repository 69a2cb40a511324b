/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import java.util.List;

/**
 * What {@link WorldWriter#finish} left on disk.
 *
 * @param files  in their order
 * @param scopes rows in them
 */
public record WorldFiles(List<WorldFile> files, long scopes) {
    public WorldFiles {
        files = List.copyOf(files);
    }

    /** {@return bytes of all files together} */
    public long sizeBytes() {
        long sum = 0;
        for (final WorldFile file : files) {
            sum += file.sizeBytes();
        }
        return sum;
    }

    /**
     * An immutable file.
     *
     * @param name      in the directory of the world
     * @param sizeBytes its length
     * @param crc32c    CRC-32C of the whole file
     */
    public record WorldFile(String name, long sizeBytes, int crc32c) {}
}
