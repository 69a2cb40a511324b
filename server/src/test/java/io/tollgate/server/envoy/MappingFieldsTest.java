/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.tollgate.server.config.ConfigException;
import io.tollgate.server.envoy.mapping.MappingReader;
import io.tollgate.v1.AttributeValue;
import io.tollgate.v1.DecideMode;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.StringList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lists, typed attributes, readings and terms of a question; and the mistakes that a mapping may have in them. */
class MappingFieldsTest {
    private static final String MAPPING =
            """
            trusted_headers: [x-roles, x-level]
            upstream: { identity: { granted: x-granted } }
            request:
              organization: acme
              actor_type: user
              actor_id: { claim: sub }
              roles: [ developer, { claim: realm.roles }, { header: x-roles }, { context: roles } ]
              token_scopes: { claim: scope }
              actor_attributes: { level: { header: x-level, type: int }, since: { claim: iat, type: timestamp_s } }
              max_staleness: 30s
              registry_version: 1_007
            rules:
              - name: launch
                match: { path: "/launch" }
                request:
                  product: compute
                  resource_type: gpu
                  action: launch
                  mode: RESERVE
                  ttl: { query: ttl }
                  allow_partial: { query: partial }
                  max_staleness: { query: age }
                  usage: [ { unit: gpu, amount: { query: gpus } } ]
                  current_usage: [ { dimension: gpu.held, value: { body: /held } } ]
                  attributes:
                    tags: { body: /tags, type: string_list }
                    colours: { from: [ blue, { query: colours }, { query: more, split: space } ], type: string_list }
                    price: { from: [ { query: price }, 0.5 ], type: double }
                    at: { query: at, type: timestamp }
                    at_ms: { query: at_ms, type: timestamp_ms }
              - name: other
                request: { product: p, resource_type: r, action: a, roles: admin, actor_attributes: { level: { value: 9, type: int } } }
            """;
    private final ExtAuthz ext = new ExtAuthz(MappingReader.read(MAPPING, "envoy.yaml"), () -> 0);

    private static Value text(final String text) {
        return Value.newBuilder().setStringValue(text).build();
    }

    private static Checks check(final String path) {
        final ListValue roles = ListValue.newBuilder()
                .addValues(text("owner"))
                .addValues(text("team lead"))
                .addValues(text("developer"))
                .build();
        final Struct payload = Struct.newBuilder()
                .putFields("sub", text("ana"))
                .putFields("scope", text("llm:write  llm:read"))
                .putFields(
                        "iat", Value.newBuilder().setNumberValue(1_700_000_000).build())
                .putFields(
                        "realm",
                        Value.newBuilder()
                                .setStructValue(Struct.newBuilder()
                                        .putFields(
                                                "roles",
                                                Value.newBuilder()
                                                        .setListValue(roles)
                                                        .build()))
                                .build())
                .build();
        return Checks.of("POST", path)
                .metadata(
                        "envoy.filters.http.jwt_authn",
                        Struct.newBuilder()
                                .putFields(
                                        "idp",
                                        Value.newBuilder()
                                                .setStructValue(payload)
                                                .build())
                                .build());
    }

    private DecideRequest ask(final Checks checks) {
        final ExtAuthz.Asked asked = ext.read(checks.check());
        assertNull(asked.refusal(), () -> String.valueOf(asked.refusal()));
        return Objects.requireNonNull(asked.question());
    }

    private void refuse(final String path, final String words) {
        final ExtAuthz.Asked asked = ext.read(check(path).body("{}").check());
        assertNull(asked.question(), () -> String.valueOf(asked.question()));
        final String message = Objects.requireNonNull(asked.refusal()).getMessage();
        assertTrue(message.contains(words), message);
    }

    @Test
    void shouldMergeRolesOfAllSourcesAndSplitEachAsItIsWritten() {
        final DecideRequest question =
                ask(check("/x").header("x-roles", "billing, owner,,").context("roles", "a,b"));
        assertEquals(List.of("admin"), question.getActor().getRolesList(), "a rule's own replaces the common one");

        final DecideRequest launch = ask(check("/launch?gpus=2")
                .body("{}")
                .header("x-roles", "billing, owner,,")
                .context("roles", "a,b"));
        assertEquals(
                List.of("developer", "owner", "team lead", "billing", "a", "b"),
                launch.getActor().getRolesList());
        assertEquals(List.of("llm:write", "llm:read"), launch.getActor().getScopesList());
    }

    @Test
    void shouldTakeAttributesOfTheirType() {
        final Map<String, AttributeValue> attributes = ask(check(
                                "/launch?gpus=1&colours=red,green&more=a%20b&at=2026-11-20T08:00:00%2B01:00&at_ms=-1")
                        .body("{\"tags\": [\"x y\", 7]}"))
                .getAttributesMap();
        assertEquals(StringList.newBuilder().addValues("x y").addValues("7").build(), list(attributes, "tags"));
        assertEquals(
                List.of("blue", "red", "green", "a", "b"),
                list(attributes, "colours").getValuesList());
        assertEquals(0.5, value(attributes, "price").getDoubleValue());
        assertEquals(1_795_158_000_000L, value(attributes, "at").getTimestampMs());
        assertEquals(-1, value(attributes, "at_ms").getTimestampMs());
    }

    private static AttributeValue value(final Map<String, AttributeValue> attributes, final String name) {
        return Objects.requireNonNull(attributes.get(name), name);
    }

    private static StringList list(final Map<String, AttributeValue> attributes, final String name) {
        return value(attributes, name).getStringList();
    }

    @Test
    void shouldMergeAttributesOfTheActorByName() {
        final Map<String, AttributeValue> own =
                ask(check("/x").header("x-level", "3")).getActor().getAttributesMap();
        assertEquals(9, value(own, "level").getIntValue());
        assertEquals(1_700_000_000_000L, value(own, "since").getTimestampMs());
        final DecideRequest launch = ask(check("/launch?gpus=1").body("{}").header("x-level", "3"));
        assertEquals(3, value(launch.getActor().getAttributesMap(), "level").getIntValue());
    }

    @Test
    void shouldSayTheTermsOfTheQuestion() {
        final DecideRequest launch =
                ask(check("/launch?gpus=8&ttl=90s&partial=true&age=250ms").body("{\"held\": 3}"));
        assertEquals(DecideMode.DECIDE_MODE_RESERVE, launch.getMode());
        assertEquals(90_000, launch.getReservation().getTtlMs());
        assertTrue(launch.getReservation().getAllowPartial());
        assertEquals(250, launch.getMaxStalenessMs());
        assertEquals(1_007, launch.getRegistryVersion());
        assertEquals("gpu.held", launch.getCurrentUsage(0).getDimension());
        assertEquals(3, launch.getCurrentUsage(0).getValue());
        final DecideRequest other = ask(check("/x"));
        assertEquals(30_000, other.getMaxStalenessMs(), "the common one");
        assertTrue(!other.hasReservation() && other.getCurrentUsageCount() == 0, other::toString);
    }

    @Test
    void shouldRefuseValuesOfAnotherForm() {
        refuse("/launch?gpus=1&ttl=90", "It must be a duration");
        refuse("/launch?gpus=1&partial=yes", "It must be true or false");
        refuse("/launch?gpus=1&price=NaN", "It is no double");
        refuse("/launch?gpus=1&price=1d", "It is no double");
        refuse("/launch?gpus=1&at=yesterday", "It is no timestamp");
        refuse("/launch?gpus=1&at_ms=9223372036854775808", "It is no timestamp_ms");
        refuse("/launch?gpus=%2B1", "It must be a whole number");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "roles: { query: r }|takes who asks from the query",
                "roles: [ a, { path: r } ]|takes who asks from the path",
                "token_scopes: { body: /scope }|takes who asks from the body",
                "token_scopes: { body_size: true }|takes who asks from the body size",
                "organization: { path: r }|takes who asks from the path",
                "actor_id: { request_id: true }|takes who asks from the request id",
                "actor_attributes: { level: { query: l, type: int } }|takes who asks from the query",
                "roles: { header: x-roles }|which any client can send",
                "roles: [ [ a ] ]|a list in a list",
                "roles: { claim: r, type: int }|is not a known key beside claim",
                "roles: { claim: r, split: tab }|write one of [space, comma, none]",
                "attributes: { a: [ { query: q, type: int } ] }|several sources of one type are { from",
                "attributes: { a: { from: [ x ] } }|needs type",
                "attributes: { a: { from: x, type: int } }|must be a list of sources",
                "attributes: { a: { value: x, type: int } }|is x; write a whole number",
                "attributes: { a: { value: 1x, type: double } }|is 1x; write a number",
                "attributes: { a: { value: yes, type: bool } }|write true or false",
                "attributes: { a: { value: today, type: timestamp } }|write a time like",
                "attributes: { a: { value: x, type: uuid } }|write one of [string, int",
                "attributes: { a: { query: q, tpye: int } }|is not a known key beside query",
                "api_key: secret|is a key as it is",
                "api_key: [ { credential: x-api-key }, { value: secret } ]|is a key as it is",
                "mode: consum|write check, consume or reserve",
                "ttl: 5|write a duration",
                "max_staleness: 0s|write a duration",
                "registry_version: latest|write a whole number",
                "allow_partial: perhaps|write true or false",
                "allow_partial: true|nobody tells the service how much",
                "allow_partial: { query: p }|nobody tells the service how much",
                "usage: [ { unit: t, amount: many } ]|is many; write a whole number",
                "current_usage: [ { dimension: d, value: much } ]|is much; write a whole number",
                "current_usage: [ { dimension: d } ]|needs value",
            })
    void shouldTellEveryMistakeWithItsPlace(final String yaml, final String words) {
        final String mapping = "rules:\n  - name: a\n    match: { path: \"/{r}\" }\n    request: { " + yaml
                + (yaml.startsWith("actor_id") ? "" : ", actor_id: u")
                + ", actor_type: user, product: p, resource_type: r, action: a }\n";
        final ConfigException problems =
                assertThrows(ConfigException.class, () -> MappingReader.read(mapping, "envoy.yaml"));
        assertTrue(problems.getMessage().contains(words), problems.getMessage());
        assertTrue(problems.getMessage().matches("(?s)envoy.yaml:[234]:[0-9]+.*"), problems.getMessage());
    }
}
