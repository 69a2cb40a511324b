/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.delta;

import io.tollgate.v1.Delta;
import io.tollgate.v1.SignedDelta;

/**
 * A delta that passed every check that it alone allows ({@link DeltaCheck}).
 *
 * @param signed as received
 * @param delta parsed
 * @param keyId of the trusted key whose signature holds; empty = accepted unsigned
 */
public record VerifiedDelta(SignedDelta signed, Delta delta, String keyId) {
    /** {@return its place in the order} */
    public long sequence() {
        return delta.getSequence();
    }
}
