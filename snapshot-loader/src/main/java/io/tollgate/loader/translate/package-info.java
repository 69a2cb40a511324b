/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
/**
 * From the portable records of the wire to the plain definitions that a world is built from.
 *
 * <p>Stateless functions. What cannot be expressed as a definition at all (an enum number that nobody knows) is refused here with its
 * place; what does not make sense together is for {@code core.world} and {@code install} to find.
 */
@NullMarked
package io.tollgate.loader.translate;

import org.jspecify.annotations.NullMarked;
