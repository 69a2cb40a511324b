/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.digest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StateDigestTest {
    private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(256);

    private record Item(int section, byte[] key, byte[] value) {
        BigInteger hash() throws Exception {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            bytes.write(section);
            bytes.write(ByteBuffer.allocate(4)
                    .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                    .putInt(key.length)
                    .array());
            bytes.write(key);
            bytes.write(value);
            return new BigInteger(1, MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray()));
        }
    }

    private static byte[] bytes(BigInteger sum) {
        byte[] magnitude = sum.mod(MODULUS).toByteArray();
        byte[] result = new byte[StateDigest.BYTES];
        for (int i = 1; i <= Math.min(magnitude.length, result.length); i++) {
            result[result.length - i] = magnitude[magnitude.length - i];
        }
        return result;
    }

    private static List<Item> items(Random random, int count) {
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] key = ("key" + i).getBytes(StandardCharsets.UTF_8);
            byte[] value = new byte[random.nextInt(600)];
            random.nextBytes(value);
            items.add(new Item(1 + random.nextInt(7), key, value));
        }
        return items;
    }

    /** Big integers are the judge: many carries, in every order, with removals in between. */
    @Test
    void shouldBeTheSumOfTheHashesWhateverTheOrder() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<Item> items = items(random, 500);
        StateDigest digest = new StateDigest();
        BigInteger expected = BigInteger.ZERO;
        for (Item item : items) {
            digest.add(item.section, item.key, item.value);
            expected = expected.add(item.hash());
            assertArrayEquals(bytes(expected), digest.toBytes(), "seed " + seed);
        }
        Collections.shuffle(items, random);
        StateDigest other = new StateDigest();
        for (Item item : items) {
            other.add(item.section, item.key, ByteBuffer.wrap(item.value));
        }
        assertArrayEquals(digest.toBytes(), other.toBytes(), "seed " + seed);
        for (Item item : items) {
            byte[] padded = new byte[item.value.length + 9];
            System.arraycopy(item.value, 0, padded, 4, item.value.length);
            digest.remove(item.section, item.key, padded, 4, item.value.length);
            expected = expected.subtract(item.hash());
            assertArrayEquals(bytes(expected), digest.toBytes(), "seed " + seed);
        }
        assertArrayEquals(new byte[StateDigest.BYTES], digest.toBytes());
    }

    @Test
    void shouldCarryAndBorrowThroughAllLimbs() {
        byte[] ones = new byte[StateDigest.BYTES];
        Arrays.fill(ones, (byte) 0xff);
        byte[] one = new byte[StateDigest.BYTES];
        one[StateDigest.BYTES - 1] = 1;

        StateDigest digest = new StateDigest(ones);
        digest.addHash(one);
        assertArrayEquals(new byte[StateDigest.BYTES], digest.toBytes());
        digest.removeHash(one);
        assertArrayEquals(ones, digest.toBytes());
        digest.addHash(ones);
        byte[] twice = ones.clone();
        twice[StateDigest.BYTES - 1] = (byte) 0xfe;
        assertArrayEquals(twice, digest.toBytes());
        digest.removeHash(ones);
        assertArrayEquals(ones, digest.toBytes());
    }

    @Test
    void shouldTellApartWhatOnlyLooksAlike() {
        byte[] a = {'a'};
        byte[] ab = {'a', 'b'};
        byte[] b = {'b'};
        byte[] none = {};
        StateDigest digest = new StateDigest();
        assertNotEquals(hex(digest.recordHash(1, a, b)), hex(digest.recordHash(1, ab, none)), "key and value");
        assertNotEquals(hex(digest.recordHash(1, a, b)), hex(digest.recordHash(2, a, b)), "section");
        assertEquals("0".repeat(64), digest.toString(), "hashing alone adds nothing");
    }

    /** Fixed, so that no change of the code changes what sidecars compare. */
    @Test
    void shouldStayWhatItIs() {
        StateDigest digest = new StateDigest();
        digest.add(4, "global".getBytes(StandardCharsets.UTF_8), new byte[] {1, 2, 3});
        assertEquals(GLOBAL, digest.toString());
    }

    private static final String GLOBAL = "c8ffba2d349356909e3174c0e25d4867b8079316778bcc415c772bc2ce9cb4a8";

    @Test
    void shouldRefuseWhatIsNoDigest() {
        assertThrows(IllegalArgumentException.class, () -> new StateDigest(new byte[31]));
        StateDigest digest = new StateDigest();
        assertThrows(IllegalArgumentException.class, () -> digest.add(0, new byte[1], new byte[0]));
        assertThrows(IllegalArgumentException.class, () -> digest.add(256, new byte[1], new byte[0]));
    }

    private static String hex(byte[] bytes) {
        return java.util.HexFormat.of().formatHex(bytes);
    }
}
