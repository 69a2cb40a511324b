/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.sun.management.ThreadMXBean;
import io.tollgate.envoy.auth.v3.AttributeContext;
import io.tollgate.envoy.auth.v3.CheckRequest;
import io.tollgate.server.envoy.mapping.CheckSource;
import io.tollgate.server.envoy.mapping.MessageSource;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The generated class is the judge: what is read from the bytes is what it reads, and what it refuses is never read. */
class WireCheckTest {
    private static final int MESSAGES = 4_000;
    private final WireCheck wire = new WireCheck();

    /** Every fact, by every name that the message has and some that it has not. */
    private static List<Object> facts(final CheckSource source, final CheckRequest message) {
        final AttributeContext attributes = message.getAttributes();
        final AttributeContext.HttpRequest http = attributes.getRequest().getHttp();
        final Set<String> names =
                new TreeSet<>(List.of("", "a", "x-user", "content", "content-type2", "\u00fcber", "\ud83d"));
        names.addAll(http.getHeadersMap().keySet());
        names.addAll(attributes.getContextExtensionsMap().keySet());
        names.addAll(attributes.getMetadataContext().getFilterMetadataMap().keySet());
        names.addAll(attributes.getRouteMetadataContext().getFilterMetadataMap().keySet());
        http.getHeaderMap().getHeadersList().forEach(each -> names.add(each.getKey()));
        final List<Object> facts = new ArrayList<>(Arrays.asList(
                source.method(),
                source.target(),
                source.host(),
                source.requestId(),
                source.bodyLength(),
                source.principal(),
                source.body(),
                Arrays.toString(source.rawBody()),
                source.hasHeaderMap(),
                source.rawHeaderCount()));
        for (final String name : names) {
            facts.add(name + "=" + source.header(name) + "," + source.context(name));
            facts.add(source.metadata(name));
            facts.add(source.routeMetadata(name));
            facts.add(source.metadata(name));
            for (int i = 0; i < source.rawHeaderCount(); i++) {
                facts.add(source.isRawHeader(i, name) ? name : "");
            }
        }
        for (int i = 0; i < source.rawHeaderCount(); i++) {
            facts.add(source.rawHeader(i));
        }
        return facts;
    }

    /** {@return whether it was read from the bytes} */
    private boolean compare(final byte[] bytes, final String what) {
        if (!wire.read(bytes)) {
            return false;
        }
        final CheckRequest judge;
        try {
            judge = CheckRequest.parseFrom(bytes);
        } catch (final InvalidProtocolBufferException e) {
            throw new AssertionError(what + " was read, and is no CheckRequest: " + Arrays.toString(bytes), e);
        }
        assertEquals(
                facts(new MessageSource(judge.getAttributes()), judge), facts(wire, judge), () -> what + "\n" + judge);
        return true;
    }

    @Test
    void shouldReadWhatTheGeneratedClassReads() {
        final long seed = System.nanoTime();
        final RandomMessage messages = new RandomMessage(new Random(seed), 0);
        for (int i = 0; i < MESSAGES; i++) {
            final String what = "seed " + seed + ", message " + i;
            final byte[] bytes = messages.of(CheckRequest.getDescriptor());
            // Entries of maps with two structs are left to the generated class, and only they; from a builder all are
            // read.
            compare(bytes, what);
            assertTrue(compare(parsed(bytes).toByteArray(), what), what);
        }
    }

    @Test
    void shouldReadNothingThatTheGeneratedClassReadsOtherwise() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        int read = 0;
        for (int i = 0; i < MESSAGES; i++) {
            final byte[] bytes = new RandomMessage(random, 10 + random.nextInt(400)).of(CheckRequest.getDescriptor());
            read += compare(bytes, "seed " + seed + ", message " + i) ? 1 : 0;
        }
        assertTrue(read > MESSAGES / 10, "hardly anything was read: " + read);
        assertTrue(read < MESSAGES, "nothing was odd");
    }

    @Test
    void shouldReadNothingFromCutOrCorruptedBytes() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final RandomMessage messages = new RandomMessage(random, 0);
        for (int i = 0; i < MESSAGES / 20; i++) {
            final byte[] whole = messages.of(CheckRequest.getDescriptor());
            for (int length = 0; length < whole.length; length += 1 + random.nextInt(5)) {
                compare(Arrays.copyOf(whole, length), "seed " + seed + ", message " + i + " cut to " + length);
            }
            for (int change = 0; change < 20 && whole.length > 0; change++) {
                final byte[] changed = whole.clone();
                for (int each = random.nextInt(3); each >= 0; each--) {
                    changed[random.nextInt(changed.length)] = (byte) random.nextInt();
                }
                compare(changed, "seed " + seed + ", message " + i + " changed");
            }
        }
    }

    @Test
    void shouldForgetOneMessageOverTheNext() {
        final CheckRequest.Builder first = CheckRequest.newBuilder();
        first.getAttributesBuilder()
                .putContextExtensions("organization", "acme")
                .getSourceBuilder()
                .setPrincipal("p");
        first.getAttributesBuilder()
                .getRequestBuilder()
                .getHttpBuilder()
                .setMethod("GET")
                .setSize(7)
                .putHeaders("x-user", "ana")
                .getHeaderMapBuilder()
                .addHeadersBuilder()
                .setKey("x");
        first.getAttributesBuilder().getMetadataContextBuilder().putFilterMetadata("f", struct("a"));
        assertTrue(compare(first.build().toByteArray(), "first"));
        assertEquals(struct("a"), wire.metadata("f"));
        first.getAttributesBuilder().getMetadataContextBuilder().putFilterMetadata("f", struct("b"));
        assertTrue(compare(first.build().toByteArray(), "other struct"));
        assertEquals(struct("b"), wire.metadata("f"));
        assertTrue(compare(new byte[0], "empty"));
        assertFalse(wire.read(new byte[] {10, 5}), "cut off");
        assertEquals("", wire.method());
    }

    @Test
    void shouldLeaveDeepStructsToTheGeneratedClass() {
        Struct deep = struct("end");
        for (int depth = 0; depth < 19; depth++) {
            deep = Struct.newBuilder()
                    .putFields("in", Value.newBuilder().setStructValue(deep).build())
                    .build();
        }
        final CheckRequest.Builder check = CheckRequest.newBuilder();
        check.getAttributesBuilder().getMetadataContextBuilder().putFilterMetadata("f", deep);
        assertTrue(compare(check.build().toByteArray(), "deep"));
        final Struct deeper = Struct.newBuilder()
                .putFields("in", Value.newBuilder().setStructValue(deep).build())
                .putFields("in2", Value.newBuilder().setStructValue(deep).build())
                .build();
        check.getAttributesBuilder()
                .getMetadataContextBuilder()
                .putFilterMetadata(
                        "f",
                        Struct.newBuilder()
                                .putFields(
                                        "in",
                                        Value.newBuilder()
                                                .setStructValue(deeper)
                                                .build())
                                .build());
        assertFalse(wire.read(check.build().toByteArray()));
    }

    @Test
    void shouldAllocateNothingToReadAMessage() {
        final CheckRequest.Builder check = CheckRequest.newBuilder();
        check.getAttributesBuilder()
                .putContextExtensions("organization", "acme")
                .getSourceBuilder()
                .setPrincipal("p");
        check.getAttributesBuilder().getMetadataContextBuilder().putFilterMetadata("f", struct("a"));
        for (int i = 0; i < 20; i++) {
            check.getAttributesBuilder().getRequestBuilder().getHttpBuilder().putHeaders("x-header-" + i, "value");
        }
        final byte[] bytes = check.build().toByteArray();
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final long thread = Thread.currentThread().getId();
        boolean read = true;
        for (int i = 0; i < 20_000; i++) {
            read &= wire.read(bytes);
        }
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 20 && least != 0; round++) {
            final long before = threads.getThreadAllocatedBytes(thread);
            for (int i = 0; i < 1_000; i++) {
                read &= wire.read(bytes);
            }
            least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before);
        }
        assertTrue(read);
        assertEquals(0, least, "bytes for 1,000 messages");
    }

    private static Struct struct(final String value) {
        return Struct.newBuilder()
                .putFields("key", Value.newBuilder().setStringValue(value).build())
                .build();
    }

    private static CheckRequest parsed(final byte[] bytes) {
        try {
            return CheckRequest.parseFrom(bytes);
        } catch (final InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }
}
