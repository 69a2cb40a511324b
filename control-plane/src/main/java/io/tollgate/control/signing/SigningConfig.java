/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.signing;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which keys sign. All listed keys are valid and sign every snapshot, so that a sidecar which trusts any one of them takes it; the active
 * one comes first and is the one that is shown. During a rotation there are two.
 *
 * @param keys at most {@value #MAX_KEYS}; empty = nothing is signed
 */
public record SigningConfig(List<Key> keys) {
    /** Keys at once. */
    public static final int MAX_KEYS = 4;

    /** Nothing is signed. */
    public static final SigningConfig NONE = new SigningConfig(List.of());

    /**
     * Where one private key comes from: exactly one of the two.
     *
     * @param file PEM; null = from the environment
     * @param environment name of a variable that holds PEM; null = from a file
     * @param active comes first
     */
    public record Key(@Nullable Path file, @Nullable String environment, boolean active) {
        /** Checks that there is one source. */
        public Key {
            if ((file == null) == (environment == null)) {
                throw new IllegalArgumentException(
                        "signing.keys: a key comes either from a file or from an environment variable; set one of file"
                                + " and environment");
            }
        }

        /** {@return where it comes from; the same origin twice is a mistake} */
        String origin() {
            return file == null ? "environment " + environment : "file " + file;
        }
    }

    /** Checks what belongs together. A single key is active without saying so. */
    public SigningConfig {
        keys = keys.size() == 1
                ? List.of(new Key(keys.get(0).file(), keys.get(0).environment(), true))
                : List.copyOf(keys);
        if (keys.size() > MAX_KEYS) {
            throw new IllegalArgumentException("signing.keys: " + keys.size() + " keys, at most " + MAX_KEYS);
        }
        long active = keys.stream().filter(Key::active).count();
        if (!keys.isEmpty() && active != 1) {
            throw new IllegalArgumentException("signing.keys: " + active
                    + " keys say active: true; exactly one must, the others stay valid beside it");
        }
        Set<String> origins = new HashSet<>();
        for (Key key : keys) {
            if (!origins.add(key.origin())) {
                throw new IllegalArgumentException("signing.keys: " + key.origin() + " is listed twice; remove one");
            }
        }
    }
}
