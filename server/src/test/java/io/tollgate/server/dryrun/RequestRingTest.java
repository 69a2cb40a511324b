/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.dryrun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.tollgate.core.DecideMode;
import io.tollgate.core.request.AttributeGroup;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.Field;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class RequestRingTest {
    private final DecisionRequest request = new DecisionRequest();
    private final DecisionRequest read = new DecisionRequest();

    private static void fill(final DecisionRequest request, final long number) {
        request.reset()
                .mode(DecideMode.RESERVE)
                .allowPartial(true)
                .registryVersion(3)
                .reservationTtlNs(4)
                .maxStalenessNs(5)
                .set(Field.ORGANIZATION, "acme")
                .set(Field.ACTOR_TYPE, "user")
                .set(Field.ACTOR_ID, "u" + number)
                .set(Field.IDEMPOTENCY_KEY, "secret-key")
                .set(Field.PRODUCT, "llm")
                .set(Field.RESOURCE_TYPE, "model")
                .set(Field.ACTION, "invoke")
                .addRole("editor")
                .addTokenScope("llm:invoke")
                .addUsage(number, "token")
                .addUsage(7, "request");
        request.readings().add("gpu", 9);
        request.attributes().text(AttributeGroup.RESOURCE, "region", "eu-1");
        request.attributes().list(AttributeGroup.ACTOR, "groups");
        request.attributes().element("a");
        request.attributes().element("b" + number);
    }

    @Test
    void shouldKeepTheLastOnesWhole() {
        final RequestRing ring = new RequestRing(4);
        final RequestRing.Keeper keeper = ring.keeper();
        for (long i = 1; i <= 6; i++) {
            fill(request, i);
            keeper.keep(request);
        }
        final TreeSet<Long> kept = new TreeSet<>();
        for (int place = 0; place < 4; place++) {
            assertTrue(ring.read(place, read));
            final long number = read.amount(0);
            kept.add(number);
            assertEquals("u" + number, read.text(Field.ACTOR_ID));
            assertEquals("acme", read.text(Field.ORGANIZATION));
            assertEquals("invoke", read.text(Field.ACTION));
            assertTrue(read.isAbsent(Field.IDEMPOTENCY_KEY));
            assertEquals(DecideMode.RESERVE, read.mode());
            assertTrue(read.allowPartial());
            assertEquals(
                    List.of(3L, 4L, 5L),
                    List.of(read.registryVersion(), read.reservationTtlNs(), read.maxStalenessNs()));
            assertEquals(List.of("token", "request"), List.of(read.unit(0), read.unit(1)));
            assertEquals(List.of(1, 1), List.of(read.roleCount(), read.tokenScopeCount()));
            assertEquals("gpu", read.readings().dimension(0));
            assertEquals(9, read.readings().value(0));
            assertEquals(2, read.attributes().count());
            assertEquals("resource.region", read.attributes().name(0));
            assertEquals(2, read.attributes().size(1));
        }
        assertEquals(new TreeSet<>(List.of(3L, 4L, 5L, 6L)), kept);
        assertEquals(4, ring.kept());
    }

    @Test
    void shouldKeepTheHashOfAKeyAndNotWhatIsMalformedOrTooLong() {
        final RequestRing ring = new RequestRing(2);
        final RequestRing.Keeper keeper = ring.keeper();
        final byte[] hash = new byte[32];
        Arrays.fill(hash, (byte) 7);
        fill(request, 1);
        request.apiKeyHash(hash);
        keeper.keep(request);
        assertTrue(ring.read(0, read));
        assertTrue(read.hasApiKey());
        assertEquals(7, read.bytes()[read.apiKeyOffset() + 31]);

        fill(request, 2);
        request.apiKeyHash(new byte[3]);
        keeper.keep(request);
        assertEquals(1, ring.kept());

        fill(request, 3);
        for (int i = 0; i < 10; i++) {
            request.addRole("r".repeat(250));
        }
        keeper.keep(request);
        assertFalse(ring.read(1, read));
        assertEquals(1, ring.skipped());
    }

    @Test
    void shouldNeverReadHalfARequestWhileOthersWrite() throws Exception {
        final RequestRing ring = new RequestRing(3);
        final AtomicBoolean running = new AtomicBoolean(true);
        final List<Thread> writers = new ArrayList<>();
        for (int w = 0; w < 3; w++) {
            final RequestRing.Keeper keeper = ring.keeper();
            final long first = w * 1_000_000L + 1;
            writers.add(new Thread(() -> {
                final DecisionRequest own = new DecisionRequest();
                for (long i = first; running.get(); i++) {
                    fill(own, i);
                    keeper.keep(own);
                }
            }));
        }
        writers.forEach(Thread::start);
        int whole = 0;
        try {
            for (int i = 0; whole < 20_000 && i < 5_000_000; i++) {
                if (ring.read(i % 3, read)) {
                    whole++;
                    assertEquals("u" + read.amount(0), read.text(Field.ACTOR_ID));
                    final int last = read.attributes().elementOffset(1, 1);
                    assertEquals(
                            "b" + read.amount(0),
                            new String(
                                    read.attributes().bytes(),
                                    last,
                                    read.attributes().elementLength(1, 1),
                                    java.nio.charset.StandardCharsets.UTF_8));
                }
            }
        } finally {
            running.set(false);
            for (final Thread writer : writers) {
                writer.join();
            }
        }
        assertTrue(whole > 1_000, "requests read: " + whole);
    }

    @Test
    void shouldAllocateNothingToKeepARequest() {
        final RequestRing ring = new RequestRing(8);
        final RequestRing.Keeper keeper = ring.keeper();
        final ThreadMXBean threads = (ThreadMXBean) Objects.requireNonNull(ManagementFactory.getThreadMXBean());
        final long thread = Thread.currentThread().getId();
        fill(request, 1);
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 50; round++) {
            final long before = threads.getThreadAllocatedBytes(thread);
            for (int i = 0; i < 1_000; i++) {
                keeper.keep(request);
            }
            least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before);
        }
        assertEquals(0, least, "bytes of the best round");
    }
}
