/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.credit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CostTest {
    private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);

    @Test
    void shouldRoundUpToTheNextUnitOfMoney() {
        assertEquals(0, Cost.of(0, 5, 3));
        assertEquals(1, Cost.of(1, 1, 1_000_000));
        assertEquals(2, Cost.of(3, 2, 3));
        assertEquals(3, Cost.of(4, 2, 3));
        assertEquals(0, Cost.of(1_000, 0, 1));
    }

    @Test
    void shouldBeExactBeyond64BitsBeforeTheDivision() {
        assertEquals(Long.MAX_VALUE, Cost.of(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE));
        assertEquals(Long.MAX_VALUE - 1, Cost.of(Long.MAX_VALUE - 1, Long.MAX_VALUE, Long.MAX_VALUE));
        assertEquals(Cost.OVERFLOW, Cost.of(Long.MAX_VALUE, 2, 1));
        assertEquals(Cost.OVERFLOW, Cost.of(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - 1));
    }

    @Test
    void shouldAgreeWithArithmeticOfAnyLength() {
        final long seed = System.nanoTime();
        final SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 200_000; i++) {
            final long amount = some(random);
            final long price = some(random);
            final long per = Math.max(1, some(random));
            final BigInteger[] exact = BigInteger.valueOf(amount)
                    .multiply(BigInteger.valueOf(price))
                    .divideAndRemainder(BigInteger.valueOf(per));
            final BigInteger cost = exact[0].add(exact[1].signum() > 0 ? BigInteger.ONE : BigInteger.ZERO);
            assertEquals(
                    cost.compareTo(MOST) > 0 ? Cost.OVERFLOW : cost.longValueExact(),
                    Cost.of(amount, price, per),
                    () -> amount + " x " + price + " / " + per + ", seed " + seed);
        }
    }

    /** Of all magnitudes, and often near a power of two. */
    private static long some(final SplittableRandom random) {
        final long value = random.nextLong() >>> 1 >>> random.nextInt(63);
        return random.nextInt(4) == 0 ? Math.max(0, Long.highestOneBit(value) - random.nextInt(2)) : value;
    }
}
