/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.mapping;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tollgate.envoy.auth.v3.AttributeContext;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is read without garbage is what the plain way of reading it says. */
class CheapReadsTest {
    private static final int TRIES = 20_000;
    private static final List<String> PIECES = List.of(
            "a", "ab", "b", "=", "=", "&", "&", "%61", "%2", "%", "+", "%20", "\u00fc", "%c3%bc", "%ff", "a=1", "ab=2&",
            "\u007f");

    /** Takes the query apart, decodes all keys, and looks. */
    private static @Nullable String plainly(final String query, final String name) throws Refusal {
        String found = null;
        for (final String pair : query.isEmpty() ? new String[0] : query.split("&")) {
            final int equals = pair.indexOf('=');
            final String key = decoded(equals < 0 ? pair : pair.substring(0, equals));
            if (key.equals(name)) {
                if (found != null) {
                    throw new Refusal(Refusal.Kind.UNSAFE, "twice");
                }
                found = equals < 0 ? "" : decoded(pair.substring(equals + 1));
            }
        }
        return found;
    }

    /** A blank for each plus; an escape at the front keeps the short way out. */
    private static String decoded(final String text) throws Refusal {
        return SafePath.decode("%21" + text, false).substring(1);
    }

    @Test
    void shouldFindParametersOfAnyQuery() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        for (int i = 0; i < TRIES; i++) {
            final StringBuilder query = new StringBuilder();
            for (int pieces = random.nextInt(9); pieces > 0; pieces--) {
                query.append(PIECES.get(random.nextInt(PIECES.size())));
            }
            final CheckFacts facts = new CheckFacts(attributes("/p?" + query));
            for (final String name : List.of("a", "ab", "b", "\u00fc", "a b", "aa")) {
                assertEquals(
                        outcome(() -> plainly(query.toString(), name)),
                        outcome(() -> facts.queryParameter(name)),
                        "seed " + seed + ", query " + query + ", name " + name);
            }
        }
    }

    private interface Read {
        @Nullable
        String run() throws Refusal;
    }

    private static String outcome(final Read read) {
        try {
            return "value " + read.run();
        } catch (final Refusal refusal) {
            return "refused " + refusal.kind();
        }
    }

    @Test
    void shouldScaleAmountsExactly() {
        final List<String> values = List.of(
                "0",
                "1",
                "7",
                "24",
                "25",
                "999999999999999999",
                "1000000000000000000",
                "9223372036854775807",
                "9223372036854775808",
                "-1",
                "+1",
                "1.0",
                " 1",
                "\u0661",
                "0000000000000000000001",
                "00007");
        for (final String value : values) {
            for (final long max : new long[] {0, 24}) {
                // by two and by half: the long way round
                assertEquals(amount(value, 2, 2, max), amount(value, 1, 1, max), value + " at most " + max);
            }
        }
    }

    private static String amount(final String value, final long multiply, final long divide, final long max) {
        final Amount amount = new Amount("unit", new ValueSource.Literal(value), multiply, divide, max, null);
        return outcome(() -> Long.toString(amount.read(new CheckFacts(attributes("/")), Map.of())));
    }

    private static AttributeContext attributes(final String path) {
        final AttributeContext.Builder attributes = AttributeContext.newBuilder();
        attributes.getRequestBuilder().getHttpBuilder().setPath(path);
        return attributes.build();
    }
}
