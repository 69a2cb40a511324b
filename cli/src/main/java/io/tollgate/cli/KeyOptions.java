/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import io.tollgate.control.signing.KeyFiles;
import io.tollgate.control.signing.ManifestSigner;
import io.tollgate.core.signing.SigningKey;
import io.tollgate.loader.transfer.TrustedKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Keys that are named on the command line: always files, never the keys themselves. */
final class KeyOptions {
    private KeyOptions() {}

    static ManifestSigner signer(Session session, List<Path> files) {
        final List<SigningKey> keys = new ArrayList<>();
        try {
            for (final Path file : files) {
                keys.add(KeyFiles.read(session.resolve(file), "--sign-key"));
            }
        } catch (IOException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()));
        }
        if (keys.stream().map(SigningKey::id).distinct().count() != keys.size()) {
            throw CommandFailure.usage("--sign-key: the same key stands there twice");
        }
        return ManifestSigner.of(keys);
    }

    static TrustedKeys trust(Session session, Path file) {
        try {
            return TrustedKeys.open(session.resolve(file), false);
        } catch (IOException e) {
            throw CommandFailure.usage("--trust: " + e.getMessage());
        }
    }
}
