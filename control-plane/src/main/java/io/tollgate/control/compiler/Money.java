/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.source.Code;
import io.tollgate.control.source.Quoted;
import io.tollgate.control.source.Value;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

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
        BigDecimal decimal = fields.get(key, BigDecimal.class);
        return decimal == null ? 0 : fixed(fields, key, decimal);
    }

    private long fixed(Value.Fields fields, String key, @Nullable BigDecimal decimal) {
        if (decimal == null || decimal.signum() < 0) {
            compilation.error(
                    fields.at(key),
                    Code.OUT_OF_RANGE,
                    Quoted.of(String.valueOf(decimal)) + " is negative",
                    "write 0 or more");
            return 0;
        }
        try {
            return decimal.movePointRight(scale).longValueExact();
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
            return 0;
        }
    }
}
