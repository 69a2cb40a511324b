/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.UInt64Value;
import io.tollgate.envoy.ratelimit.v3.RateLimitDescriptor;
import io.tollgate.server.config.ConfigException;
import io.tollgate.server.envoy.mapping.LimitQuestion;
import io.tollgate.server.envoy.mapping.LimitQuestion.Kind;
import io.tollgate.server.envoy.mapping.MappingReader;
import io.tollgate.server.envoy.mapping.RateLimits;
import io.tollgate.v1.DecideMode;
import io.tollgate.v1.DecideRequest;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is asked about a descriptor, and the mistakes that the section rate_limits may have. */
class RateLimitMappingTest {
    private static final String LIMITS =
            """
            rate_limits:
              - domain: edge
                rules:
                  - name: invoke
                    match: [ { key: tenant }, { key: user }, { key: route, value: "invoke*" } ]
                    request:
                      organization: { entry: tenant }
                      actor_type: user
                      actor_id: { entry: user }
                      product: llm
                      resource_type: model
                      action: invoke
                      resource_attributes: { model: { value: small } }
                    hits: { unit: token, multiply: 10 }
                  - name: late
                    match: [ { key: late } ]
                    request: { actor_type: user, actor_id: { entry: late }, product: llm, resource_type: model, action: invoke }
                    hits: { unit: token, partial: true }
                  - name: shadow
                    match: [ { key: shadow } ]
                    request: { actor_type: user, actor_id: { entry: shadow }, product: llm, resource_type: model, action: invoke }
                    shadow: true
                  - name: bearer
                    match: [ { key: authorization } ]
                    request:
                      api_key: { entry: authorization, scheme: Bearer }
                      product: llm
                      resource_type: model
                      action: invoke
                    override: ignore
                  - name: twice
                    match: [ { key: generic_key, value: a }, { key: generic_key } ]
                    request:
                      actor_type: service
                      actor_id: { entry: generic_key, nth: 2 }
                      product: llm
                      resource_type: model
                      action: invoke
                      attributes: { level: { entry: generic_key, nth: 2, type: int } }
                  - { name: static, match: [ { key: path, value: "/static*" } ], unlimited: true }
              - domain: open
                unmatched: ok
                rules: [ { name: all, match: [ { key: any } ], unlimited: true } ]
            """;

    private static final RateLimits READ =
            MappingReader.read(LIMITS, "limits.yaml").rateLimits();

    private static RateLimitDescriptor descriptor(final String... entries) {
        return descriptor(builder -> builder, entries);
    }

    private static RateLimitDescriptor descriptor(
            final UnaryOperator<RateLimitDescriptor.Builder> more, final String... entries) {
        final RateLimitDescriptor.Builder descriptor = RateLimitDescriptor.newBuilder();
        for (int i = 0; i < entries.length; i += 2) {
            descriptor.addEntriesBuilder().setKey(entries[i]).setValue(entries[i + 1]);
        }
        return more.apply(descriptor).build();
    }

    private static LimitQuestion ask(final RateLimitDescriptor descriptor) {
        return READ.question("edge", 0, descriptor);
    }

    private static DecideRequest question(final RateLimitDescriptor descriptor) {
        return Objects.requireNonNull(ask(descriptor).question());
    }

    private static String refusal(final RateLimitDescriptor descriptor) {
        final LimitQuestion asked = ask(descriptor);
        assertEquals(Kind.REFUSED, asked.kind());
        assertNull(asked.question());
        return Objects.requireNonNull(asked.refusal()).message();
    }

    @Test
    void shouldAskWhatTheFirstMatchingRuleSays() {
        final RateLimitDescriptor descriptor = descriptor("tenant", "acme", "user", "ana", "route", "invoke-fast");
        assertEquals("invoke", ask(descriptor).slot().rule());
        assertEquals("edge", ask(descriptor).slot().domain());
        final DecideRequest question = question(descriptor);
        assertEquals(DecideMode.DECIDE_MODE_CONSUME, question.getMode());
        assertEquals("acme", question.getPlace().getOrganization());
        assertEquals("user", question.getActor().getType());
        assertEquals("ana", question.getActor().getId());
        assertEquals("invoke", question.getTarget().getAction());
        assertEquals(
                "small",
                question.getTarget().getResourceAttributesOrThrow("model").getStringValue());
        assertEquals(10, question.getUsage(0).getAmount());
        assertEquals("token", question.getUsage(0).getUnit());
    }

    @Test
    void shouldMatchWholeDescriptorsInOrder() {
        for (final RateLimitDescriptor other : List.of(
                descriptor("tenant", "acme", "user", "ana"),
                descriptor("user", "ana", "tenant", "acme", "route", "invoke"),
                descriptor("tenant", "acme", "user", "ana", "route", "list"),
                descriptor("tenant", "acme", "user", "ana", "route", "invoke", "more", "x"),
                descriptor())) {
            refusal(other);
        }
        assertEquals(Kind.UNLIMITED, ask(descriptor("path", "/static/a.css")).kind());
        assertEquals(Kind.PASSES, READ.question("open", 0, descriptor("x", "y")).kind());
        assertEquals(
                Kind.REFUSED,
                READ.question("open", 0, descriptor()).kind(),
                "no entries: nobody can tell what is meant");
        assertEquals(
                "(unknown)",
                READ.question("other", 0, descriptor("any", "x")).slot().domain());
        assertEquals(
                Kind.REFUSED, READ.question("other", 0, descriptor("any", "x")).kind());
    }

    @Test
    void shouldCountHitsOfTheDescriptorOrElseOfTheRequest() {
        final String[] entries = {"tenant", "acme", "user", "ana", "route", "invoke"};
        final RateLimitDescriptor plain = descriptor(entries);
        assertEquals(
                70,
                Objects.requireNonNull(READ.question("edge", 7, plain).question())
                        .getUsage(0)
                        .getAmount());
        final LimitQuestion most = READ.question("edge", -1, plain);
        assertEquals(
                42_949_672_950L,
                Objects.requireNonNull(most.question()).getUsage(0).getAmount(),
                "uint32 is not negative");
        final RateLimitDescriptor own = descriptor(b -> b.setHitsAddend(UInt64Value.of(3)), entries);
        assertEquals(
                30,
                Objects.requireNonNull(READ.question("edge", 7, own).question())
                        .getUsage(0)
                        .getAmount());
        final LimitQuestion none = ask(descriptor(b -> b.setHitsAddend(UInt64Value.of(0)), entries));
        assertEquals(Kind.CHECK, none.kind());
        assertEquals(
                DecideMode.DECIDE_MODE_CHECK,
                Objects.requireNonNull(none.question()).getMode());
        assertEquals(10, none.question().getUsage(0).getAmount(), "whether one hit has room");
        final LimitQuestion back = ask(descriptor(b -> b.setIsNegativeHits(true), entries));
        assertEquals(Kind.REFUND, back.kind());
        assertEquals(10, Objects.requireNonNull(back.question()).getUsage(0).getAmount());
        refusal(descriptor(b -> b.setHitsAddend(UInt64Value.of(-1)), entries));
        refusal(descriptor(b -> b.setHitsAddend(UInt64Value.of(Long.MAX_VALUE)), entries));
        assertTrue(refusal(descriptor(b -> b.setHitsAddend(UInt64Value.of(2)), "authorization", "Bearer k"))
                .contains("More than one hit"));
    }

    @Test
    void shouldTakeWhatIsLeftOfHitsThatHaveHappened() {
        final LimitQuestion late = ask(descriptor(b -> b.setHitsAddend(UInt64Value.of(500)), "late", "ana"));
        assertEquals(Kind.TAKE_REST, late.kind());
        assertTrue(Objects.requireNonNull(late.question()).getReservation().getAllowPartial());
        assertEquals(500, late.question().getUsage(0).getAmount());
        assertEquals(
                Kind.CHECK,
                ask(descriptor(b -> b.setHitsAddend(UInt64Value.of(0)), "late", "ana"))
                        .kind());
    }

    @Test
    void shouldOnlyLookInTheShadow() {
        final LimitQuestion shadow = ask(descriptor("shadow", "ana"));
        assertEquals(Kind.CHECK, shadow.kind());
        assertTrue(shadow.shadow());
        assertEquals(0, Objects.requireNonNull(shadow.question()).getUsageCount());
        final LimitQuestion unreadable = ask(descriptor(b -> b.setHitsAddend(UInt64Value.of(2)), "shadow", "ana"));
        assertEquals(Kind.REFUSED, unreadable.kind());
        assertTrue(unreadable.shadow(), "and what it cannot read passes too");
    }

    @Test
    void shouldReadKeysAndAttributes() {
        assertEquals(
                32,
                question(descriptor("authorization", "bearer secret"))
                        .getActor()
                        .getApiKeySha256()
                        .size());
        assertTrue(refusal(descriptor("authorization", "Basic secret")).contains("the entry authorization"));
        final DecideRequest typed = question(descriptor("generic_key", "a", "generic_key", "7"));
        assertEquals("7", typed.getActor().getId());
        assertEquals(7, typed.getAttributesOrThrow("level").getIntValue());
        assertTrue(refusal(descriptor("generic_key", "a", "generic_key", "x")).contains("no int"));
    }

    @Test
    void shouldRefuseALimitThatComesWithTheDescriptor() {
        final UnaryOperator<RateLimitDescriptor.Builder> limit = builder -> {
            builder.getLimitBuilder().setRequestsPerUnit(1_000_000);
            return builder;
        };
        assertTrue(refusal(descriptor(limit, "late", "ana")).contains("limit"));
        assertNotNull(question(descriptor(limit, "authorization", "Bearer k")), "unless the rule ignores it");
    }

    @Test
    void shouldNumberWhatIsCounted() {
        final List<RateLimits.Slot> slots = READ.slots();
        for (int i = 0; i < slots.size(); i++) {
            assertEquals(i, slots.get(i).index());
        }
        assertEquals(1 + 6 + 1 + 1 + 1, slots.size());
        assertEquals(
                slots.size(),
                slots.stream()
                        .map(each -> each.domain() + "/" + each.rule())
                        .distinct()
                        .count());
    }

    @Test
    void shouldServeOneOfTheTwoOrBoth() {
        assertTrue(MappingReader.byContext().rateLimits().isEmpty());
        assertEquals(0, MappingReader.read(LIMITS, "x").size());
        final var neither = assertThrows(ConfigException.class, () -> MappingReader.read("upstream: {}", "x"));
        assertTrue(String.valueOf(neither.getMessage()).contains("needs rules"), neither.getMessage());
    }

    private static final String TARGET = "product: p, resource_type: r, action: a";
    private static final String REQUEST = "{ actor_type: user, actor_id: { entry: user }, " + TARGET + " }";
    private static final String RULES = "rules: [ { name: r, match: [ { key: a } ], unlimited: true } ]";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ name: r, match: [ { key: user } ] }|needs request",
                "{ name: r, request: REQUEST }|needs match",
                "{ name: r, match: [], request: REQUEST }|write the entries",
                "{ name: r, match: [ { key: user, valu: x } ], request: REQUEST }|not a known key",
                "{ name: r, match: [ { key: other } ], request: REQUEST }|is user, which the rule's match does not have; it has [other]",
                "{ name: r, match: [ { key: user }, { key: user } ], request: REQUEST }|stands in match 2 times; say which",
                "{ RULE, request: { actor_type: user, actor_id: { entry: user, nth: 2 }, TARGET } }|stands in match 1 times",
                "{ RULE, request: { actor_type: user, actor_id: { header: user }, TARGET } }|must have one of value and entry",
                "{ RULE, request: { product: p, resource_type: r } }|says no action",
                "{ RULE, request: { TARGET } }|says nobody who asks",
                "{ RULE, request: { mode: check } }|not a known key",
                "{ RULE, request: REQUEST, hits: { multiply: 0, unit: x } }|at least 1",
                "{ RULE, request: REQUEST, hits: { multiply: 2 } }|needs unit",
                "{ RULE, request: REQUEST, shadow: maybe }|write one of [true, false]",
                "{ RULE, request: REQUEST, override: take }|write one of [refuse, ignore]",
                "{ RULE, request: REQUEST, unlimited: true }|beside unlimited",
                "{ RULE, request: { TARGET, attributes: { a: { value: x, type: int } } } }|write a whole number",
                "{ RULE, request: { TARGET, attributes: { a: { entry: user, type: string_list } } } }|single",
                "{ name: (r), match: [ { key: user } ], request: REQUEST }|brackets",
                "{ name: first, match: [ { key: x } ], unlimited: true }|name first of an earlier rule",
                "{ name: r, match: [ { key: path, value: /static/css } ], unlimited: true }|is never reached: rule first",
                "{ name: r, match: [ { key: path, value: /static/* } ], unlimited: true }|is never reached: rule first",
            })
    void shouldTellMistakesWithTheirPlace(final String rule, final String words) {
        final String yaml =
                """
                rate_limits:
                  - domain: edge
                    rules:
                      - { name: first, match: [ { key: path, value: "/static*" } ], unlimited: true }
                      - %s
                """
                        .formatted(rule.replace("RULE", "name: r, match: [ { key: user } ]")
                                .replace("REQUEST", REQUEST)
                                .replace("TARGET", TARGET));
        final String message =
                String.valueOf(assertThrows(ConfigException.class, () -> MappingReader.read(yaml, "limits.yaml"))
                        .getMessage());
        assertTrue(message.contains(words), message);
        assertTrue(message.contains("limits.yaml:5:"), message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rate_limits: []|is empty; leave it away",
                "rate_limits: [ { domain: a, rules: [] } ]|is empty; without a rule",
                "rate_limits: [ { RULES } ]|needs domain",
                "rate_limits: [ { domain: a, unmatched: pass, RULES } ]|write one of [over_limit, ok]",
                "rate_limits: [ { domain: a, RULES }, { domain: a, RULES } ]|is domain a again",
                "rate_limits: { domain: a }|must be a list",
            })
    void shouldTellMistakesOfDomains(final String yaml, final String words) {
        final String message = String.valueOf(assertThrows(
                        ConfigException.class, () -> MappingReader.read(yaml.replace("RULES", RULES), "limits.yaml"))
                .getMessage());
        assertTrue(message.contains(words), message);
    }
}
