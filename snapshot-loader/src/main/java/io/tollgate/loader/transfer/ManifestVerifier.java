/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.transfer;

import io.tollgate.v1.SignedManifest;

/** Decides whether a manifest comes from a control plane that this sidecar trusts. */
@FunctionalInterface
public interface ManifestVerifier {
    /**
     * Accepts every manifest, signed or not: for development. Status and evidence then say signature_verified=false.
     */
    ManifestVerifier DEVELOPMENT = manifest -> false;

    /**
     * Looks at the signatures over {@link SignedManifest#getManifest()}. The manifest's digest was checked before.
     *
     * @return true = a trusted signature holds; false = accepted without one
     * @throws RefusedException when this manifest must not be used
     */
    boolean verify(SignedManifest manifest) throws RefusedException;
}
