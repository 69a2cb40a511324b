/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.transfer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Gives the bearer token of each call, so that it can be replaced while the sidecar runs. Any thread. */
@FunctionalInterface
public interface TokenSource {
    /**
     * The token, without "Bearer".
     *
     * @throws IOException when it cannot be had; the message must not contain it
     */
    String token() throws IOException;

    /** {@return a source that reads a file anew for every call} */
    static TokenSource ofFile(Path file) {
        return () -> {
            String token = Files.readString(file, StandardCharsets.UTF_8).strip();
            if (token.isEmpty()) {
                throw new IOException("token file " + file + " is empty");
            }
            return token;
        };
    }
}
