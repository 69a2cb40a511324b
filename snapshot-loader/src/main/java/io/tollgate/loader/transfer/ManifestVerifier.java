/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.transfer;

import io.tollgate.v1.SignedDelta;
import io.tollgate.v1.SignedManifest;

/** Decides whether a manifest or a delta comes from a control plane that this sidecar trusts. */
public interface ManifestVerifier {
    /**
     * Accepts every manifest, signed or not: for development and for looking at files. Status and evidence then say that nothing was
     * verified.
     */
    ManifestVerifier DEVELOPMENT = new ManifestVerifier() {
        @Override
        public String verify(SignedManifest manifest) {
            return "";
        }

        @Override
        public String verify(SignedDelta delta) {
            return "";
        }
    };

    /**
     * Looks at the signatures over {@link SignedManifest#getManifest()}. The manifest's digest was checked before.
     *
     * @return id of the trusted key whose signature holds; empty = accepted without one
     * @throws RefusedException when this manifest must not be used
     */
    String verify(SignedManifest manifest) throws RefusedException;

    /**
     * Looks at the signatures over {@link SignedDelta#getDelta()}. The delta's digest was checked before.
     *
     * @return id of the trusted key whose signature holds; empty = accepted without one
     * @throws RefusedException when this delta must not be used
     */
    String verify(SignedDelta delta) throws RefusedException;

    /** {@return grows when another answer is possible than before, because the keys have changed} */
    default long generation() {
        return 0;
    }
}
