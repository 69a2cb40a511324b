/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.source.Code;
import io.tollgate.control.source.Quoted;
import io.tollgate.control.source.Value;
import java.math.BigDecimal;
import java.util.OptionalLong;

/** Money and credits in fixed point. */
final class Money {
    private final Compilation compilation;
    private final int scale;

    /** @param scale digits after the point */
    Money(Compilation compilation, int scale) {
        this.compilation = compilation;
        this.scale = scale;
    }

    /** {@return the value of a key in fixed point, 0 when it is missing or wrong (which is then among the diagnostics)} */
    long read(Value.Fields fields, String key) {
        return find(fields, key).orElse(0);
    }

    /** {@return the value of a key in fixed point, empty when it is missing or wrong (which is then among the diagnostics)} */
    OptionalLong find(Value.Fields fields, String key) {
        BigDecimal decimal = fields.get(key, BigDecimal.class);
        return decimal == null ? OptionalLong.empty() : fixed(fields, key, decimal);
    }

    private OptionalLong fixed(Value.Fields fields, String key, BigDecimal decimal) {
        if (decimal.signum() < 0) {
            compilation.error(
                    fields.at(key),
                    Code.OUT_OF_RANGE,
                    Quoted.of(decimal.toPlainString()) + " is negative",
                    "write 0 or more");
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(decimal.movePointRight(scale).longValueExact());
        } catch (ArithmeticException e) {
            boolean tooFine = decimal.stripTrailingZeros().scale() > scale;
            compilation.error(
                    fields.at(key),
                    tooFine ? Code.OUT_OF_RANGE : Code.OVERFLOW,
                    tooFine
                            ? Quoted.of(decimal.toPlainString()) + " has more than " + scale + " digits after the point"
                            : Quoted.of(decimal.toPlainString()) + " with " + scale
                                    + " digits after the point is beyond 64 bits",
                    "round it, or change money_scale in the registry");
            return OptionalLong.empty();
        }
    }
}
