/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.source.Code;
import io.tollgate.control.source.Position;

/**
 * What may be written but is not enforced yet. Refused here, so that nobody relies on a bound that does not hold; each stage that brings
 * one of these removes its method.
 */
final class NotYet {
    private NotYet() {}

    static void tiers(Compilation compilation, Position at) {
        refuse(
                compilation,
                at,
                "tiered prices are not supported yet: the cost of a request would be wrong",
                "use FLAT_FEE or PACKAGE");
    }

    private static void refuse(Compilation compilation, Position at, String message, String remedy) {
        compilation.error(at, Code.NOT_SUPPORTED_YET, message, remedy);
    }
}
