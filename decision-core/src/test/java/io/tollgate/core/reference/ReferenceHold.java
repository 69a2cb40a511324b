/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import java.math.BigInteger;

/** Something taken that may be given back; afterTake is where a rate stood then. */
record ReferenceHold(ReferenceTake take, BigInteger afterTake) {}
