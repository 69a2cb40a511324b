/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.envoy.ratelimit.v3.RateLimitDescriptor;
import io.tollgate.server.envoy.mapping.LimitQuestion;
import io.tollgate.server.envoy.mapping.LimitQuestion.Kind;
import io.tollgate.server.envoy.mapping.MappingReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code tollgate ratelimit convert}: what is written passes our own check and test, and what cannot be moved is told with its place. */
class RatelimitConvertTest {
    private static final String EDGE =
            """
            domain: edge
            descriptors:
              - key: path
                value: /login
                rate_limit: &login { unit: minute, requests_per_unit: 20, name: login }
              - key: path
                value: /static*
                rate_limit: { unlimited: true }
              - key: path
                value: /files/*
                share_threshold: true
                rate_limit:
                  <<: *login
                  name: files
              - key: tenant
                rate_limit: { unit: hour, requests_per_unit: 1_000 }
                descriptors:
                  - key: user
                    rate_limit: { unit: day, requests_per_unit: 100 }
                  - key: user
                    value: crawler
                    rate_limit: { unit: day, requests_per_unit: 0 }
                  - key: project
                    rate_limit: { unit: week, requests_per_unit: 5000 }
              - key: beta
                rate_limit: { unit: second, requests_per_unit: 3 }
                shadow_mode: true
              - key: client
                value: "7"
                rate_limit: { unit: year, requests_per_unit: 9, replaces: [ { name: login } ] }
                quota_mode: true
                detailed_metric: true
              - key: open
            """;

    private static final String VALUES =
            """
            - { tenant: lumen, user: ana, project: rag }
            - { tenant: lumen, user: ben }
            - { tenant: "büro 7", user: ana }
            - { beta: on-call }
            """;

    private static final String[] ROLES = {
        "--tenant", "tenant", "--actor", "user", "--actor", "beta=service", "--project", "project"
    };

    @TempDir
    Path directory;

    @Test
    void shouldWriteABundleThatPassesItsOwnTests() throws Exception {
        write("edge.yaml", EDGE);
        write("values.yaml", VALUES);
        final Run run = run(with(
                        ROLES, "ratelimit", "convert", "edge.yaml", "--output", "edge", "--values", "values.yaml"))
                .exits(ExitCode.OK);

        run.prints("domain edge (edge.yaml:1:9)", "Written: ");
        run.prints("20 per minute", "rate, one counter: org:edge/project:edge login");
        run.prints("1,000 per hour", "hourly, each organization: global tenant");
        run.prints("100 per day", "daily, each principal: global tenant.user");
        run.prints("rate, soft, each principal: org:edge beta");
        run.prints("edge.yaml:30:17: replaces 'login': Tollgate asks all limits of a request, so that both hold");
        run.prints("edge.yaml:31:17: quota_mode becomes a soft limit");
        run.prints("edge.yaml:32:22: detailed_metric changes the server's statistics");
        run("check", "edge").exits(ExitCode.OK).prints("0 errors. Bundle edge: ");
        run("test", "edge", "--min-coverage", "100")
                .exits(ExitCode.OK)
                .prints("8 tests passed, 0 failed", "tenant.user: 100 per day (4 steps)");
    }

    @Test
    void shouldConvertTheExampleAsItSays() {
        final Path example = Path.of(System.getProperty("tollgate.root"), "examples", "ratelimit");
        run("ratelimit", "convert", example.resolve("edge.yaml").toString(), "--output", "edge", "--tenant", "tenant")
                .exits(ExitCode.NO)
                .prints("--actor user");
        run(
                        "ratelimit",
                        "convert",
                        example.resolve("edge.yaml").toString(),
                        "--output",
                        "edge",
                        "--tenant",
                        "tenant",
                        "--actor",
                        "user",
                        "--values",
                        example.resolve("values.yaml").toString())
                .exits(ExitCode.OK);
        run("check", "edge").exits(ExitCode.OK).prints("0 errors.");
        run("test", "edge").exits(ExitCode.OK).prints("6 tests passed");
        run("ratelimit", "convert", "x", "--output", "y", "--organization", "a/b")
                .exits(ExitCode.USAGE)
                .complains("an id has no slash");
    }

    @Test
    void shouldWriteAMappingThatTheSidecarReads() throws Exception {
        write("edge.yaml", EDGE);
        write("values.yaml", VALUES);
        run(with(ROLES, "ratelimit", "convert", "edge.yaml", "--output", "edge", "--values", "values.yaml"))
                .exits(ExitCode.OK);

        assertEquals("login in edge/edge/service:envoy 1", asked("path", "/login"));
        assertEquals("path_static", asked("path", "/static/a.css"));
        assertEquals("files in edge/edge/service:envoy 1", asked("path", "/files/a"));
        assertEquals("tenant in lumen//service:envoy 1", asked("tenant", "lumen"));
        assertEquals("tenant.user in lumen//user:ana 1", asked("tenant", "lumen", "user", "ana"));
        assertEquals("tenant.user_crawler in lumen//service:envoy 1", asked("tenant", "lumen", "user", "crawler"));
        assertEquals("tenant.project in lumen/rag/service:envoy 1", asked("tenant", "lumen", "project", "rag"));
        assertEquals("beta in edge//service:on-call 1", asked("beta", "on-call"));
        assertEquals("(unmatched)", asked("path", "/other"));
        assertEquals("(unmatched)", asked("path", "/login", "user", "ana"), "only descriptors just as long");
        assertEquals("open", asked("open", "anything"));
    }

    /** "rule in organization/project/actor hits", or the rule alone when nothing is asked. */
    private String asked(final String... entries) {
        final RateLimitDescriptor.Builder descriptor = RateLimitDescriptor.newBuilder();
        for (int i = 0; i < entries.length; i += 2) {
            descriptor.addEntriesBuilder().setKey(entries[i]).setValue(entries[i + 1]);
        }
        final LimitQuestion question = MappingReader.read(directory.resolve("edge-mapping.yaml"))
                .rateLimits()
                .question("edge", 0, descriptor.build());
        final String rule = question.slot().rule();
        if (question.kind() != Kind.TAKE) {
            return rule;
        }
        final var asked = Objects.requireNonNull(question.question());
        return rule + " in " + asked.getPlace().getOrganization() + "/"
                + asked.getPlace().getProject() + "/" + asked.getActor().getType() + ":"
                + asked.getActor().getId() + " " + asked.getUsage(0).getAmount();
    }

    @Test
    void shouldWriteNothingUnlessOneAgreesToLoseWhatCannotBeMoved() throws Exception {
        write(
                "ip.yaml",
                "domain: edge\ndescriptors:\n"
                        + "  - { key: path, value: /a, rate_limit: { unit: day, requests_per_unit: 5 } }\n"
                        + "  - key: remote_address\n    rate_limit: { unit: second, requests_per_unit: 10 }\n"
                        + "  - { key: remote_address, value: 50.0.0.5, rate_limit: { unit: second, requests_per_unit: 0 } }\n");
        run("ratelimit", "convert", "ip.yaml", "--output", "edge")
                .exits(ExitCode.NO)
                .prints("Cannot be moved", "ip.yaml:4:5: ", "remote_address", "envoy.filters.http.local_ratelimit")
                .complains("nothing written", "--leave-out");
        assertFalse(Files.exists(directory.resolve("edge")));
        assertFalse(Files.exists(directory.resolve("edge-mapping.yaml")));

        run("ratelimit", "convert", "ip.yaml", "--output", "edge", "--leave-out")
                .exits(ExitCode.OK);
        run("test", "edge").exits(ExitCode.OK).prints("2 tests passed");
        assertEquals("remote_address", asked("remote_address", "192.0.2.7"));
        assertEquals("remote_address_50.0.0.5 in edge/edge/service:envoy 1", asked("remote_address", "50.0.0.5"));
        assertTrue(Files.readString(directory.resolve("edge-mapping.yaml")).contains("LEFT OUT: was limited"));
    }

    @Test
    void shouldRefuseWhatNobodyIsRegisteredFor() throws Exception {
        write(
                "edge.yaml",
                "domain: edge\ndescriptors: [ { key: user, rate_limit: { unit: day, requests_per_unit: 5 } } ]\n");
        run("ratelimit", "convert", "edge.yaml", "--output", "a")
                .exits(ExitCode.NO)
                .prints("nothing says what they are", "--actor user");
        run("ratelimit", "convert", "edge.yaml", "--output", "a", "--actor", "user")
                .exits(ExitCode.OK)
                .prints("(0 known), and every other value is over the limit", "--values FILE");
        run("check", "a").exits(ExitCode.OK);
        run("test", "a").exits(ExitCode.OK);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "domian: x|1:1|unknown key 'domian'|did you mean 'domain'?",
                "descriptors: []|1:1|there is no domain|write domain:",
                "domain: x~descriptors: [ { value: a } ]|2:16|a descriptor without key|write key:",
                "domain: x~descriptors: { key: a }|2:14|takes a list|- key:",
                "domain: x~descriptors: [ { key: a, rate_limit: { unit: fortnight } } ]|2:46|'fortnight' is no unit|second, minute",
                "domain: x~descriptors: [ { key: a, rate_limit: { requests_per_unit: 1 } } ]|2:38|without unit|second, minute",
                "domain: x~descriptors: [ { key: a, rate_limit: { unit: day, requests_per_unit: -1 } } ]|2:70|'-1' is no number|whole",
                "domain: x~descriptors: [ { key: a, rate_limit: { unit: day, requests_per_unit: 4294967296 } } ]|2:70|no number|whole",
                "domain: x~descriptors: [ { key: a, rate_limit: { unit: day, unlimited: true } } ]|2:46|unlimited and a unit|remove one",
                "domain: x~descriptors: [ { key: a, rate_limit: { unit: day, shadow_mode: true } } ]|2:51|ignores|move",
                "domain: x~descriptors: [ { key: a, shadow_mod: true } ]|2:26|unknown key 'shadow_mod'|'shadow_mode'?",
                "domain: x~descriptors: [ { key: a, shadow_mode: maybe } ]|2:39|neither true nor false|true or false",
                "domain: x~descriptors: [ { key: a, value: b, share_threshold: true } ]|2:53|share_threshold has a meaning only|wildcard",
                "domain: x~descriptors: [ { key: a* } ]|2:23|the star stands in the key|value: with the star",
                "domain: x~descriptors: [ { key: a, value: b }, { key: a, value: b } ]|2:38|stands already at edge.yaml:2:16|keep one",
                "domain: x~descriptors: [ { key: a, key: b } ]|2:26|stands here twice|keep one",
                "domain: x~descriptors: [ { key: a, rate_limit: { unit: day, name: n, replaces: [{ name: n }] } } ]|2:71|itself|another",
                "domain: x~descriptors: [|2:|not YAML|indentation",
                "domain: x~---~domain: y|3:1|a second document|file of its own",
                "apiVersion: v1~kind: ConfigMap|1:1|Kubernetes object|under data:",
                "domain: x~descriptors: [ *a ]|2:|not YAML|indentation",
            })
    void shouldTellMistakesWithTheirPlace(final String yaml, final String place, final String what, final String remedy)
            throws Exception {
        write("edge.yaml", yaml.replace('~', '\n'));
        final Run run =
                run("ratelimit", "convert", "edge.yaml", "--output", "edge").exits(ExitCode.NO);
        run.prints("Mistakes: nothing was converted", "edge.yaml:" + place.replaceAll(":$", ""), what, remedy);
        run.complains("nothing written");
        assertFalse(Files.exists(directory.resolve("edge")));
    }

    @Test
    void shouldTellMistakesOfTheValues() throws Exception {
        write("edge.yaml", EDGE);
        write("values.yaml", "user: [a/b, ' ben', ana]\nusers: [x]\ntenant: lumen\n");
        run(with(ROLES, "ratelimit", "convert", "edge.yaml", "--output", "edge", "--values", "values.yaml"))
                .exits(ExitCode.NO)
                .prints("values.yaml:1:8: 'a/b' cannot be registered: an id has no slash", "values.yaml:1:13: ")
                .prints("values.yaml:2:1: values of 'users', and nothing says what they are")
                .prints("values.yaml:3:9: takes a list of values");
    }

    @Test
    void shouldTakeSeveralFilesOfOneDomainOnlyWhereTheServerDoes() throws Exception {
        write(
                "a.yaml",
                "domain: d\ndescriptors: [ { key: a, value: x, rate_limit: { unit: day, requests_per_unit: 1 } } ]\n");
        write(
                "b.yaml",
                "domain: d\ndescriptors: [ { key: a, value: y, rate_limit: { unit: day, requests_per_unit: 1 } } ]\n");
        run("ratelimit", "convert", "a.yaml", "b.yaml", "--output", "edge")
                .exits(ExitCode.NO)
                .prints("b.yaml:1:9: domain 'd' stands already at a.yaml:1:9", "--merge-domains");
        run("ratelimit", "convert", "a.yaml", "b.yaml", "--output", "edge", "--merge-domains")
                .exits(ExitCode.OK);
        run("test", "edge").exits(ExitCode.OK).prints("2 tests passed");
        write("b.yaml", Files.readString(directory.resolve("a.yaml")));
        run("ratelimit", "convert", "a.yaml", "b.yaml", "--output", "other", "--merge-domains")
                .exits(ExitCode.NO)
                .prints("b.yaml:2:16: 'a_x' stands already at a.yaml:2:16");
    }

    @Test
    void shouldFindRoomForHundredsOfLimitsWithOneCounter() throws Exception {
        final StringBuilder text = new StringBuilder("domain: d\ndescriptors:\n");
        for (int i = 0; i < 100; i++) {
            text.append("  - { key: path, value: /p")
                    .append(i)
                    .append(", rate_limit: { unit: day, requests_per_unit: 7 } }\n");
        }
        write("d.yaml", text.toString());
        run("ratelimit", "convert", "d.yaml", "--output", "edge")
                .exits(ExitCode.OK)
                .prints("org:edge/project:d-4 ");
        run("test", "edge").exits(ExitCode.OK).prints("100 tests passed");

        text.setLength(0);
        text.append("domain: d\ndescriptors:\n");
        for (int i = 0; i < 65; i++) {
            text.append("  - { key: p")
                    .append(i)
                    .append(", descriptors: [ { key: user, rate_limit: { unit: day, requests_per_unit: 7 } } ] }\n");
        }
        write("e.yaml", text.toString().replaceAll("key: p([0-9]+)", "key: p, value: \"$1\""));
        run("ratelimit", "convert", "e.yaml", "--output", "f", "--actor", "user")
                .exits(ExitCode.NO)
                .prints("e.yaml:67:", "no room for more than 32 such limits", "a bundle of their own");
    }

    @Test
    void shouldDivideLimitsAmongSidecarsThatCountForThemselves() throws Exception {
        write(
                "a.yaml",
                "domain: d\ndescriptors:\n"
                        + "  - { key: p, value: a, rate_limit: { unit: day, requests_per_unit: 10 } }\n"
                        + "  - { key: p, value: b, rate_limit: { unit: day, requests_per_unit: 2 } }\n"
                        + "  - { key: p, value: c, rate_limit: { unit: day, requests_per_unit: 0 } }\n");
        run("ratelimit", "convert", "a.yaml", "--output", "one")
                .exits(ExitCode.OK)
                .prints("every sidecar counts for itself", "--sidecars");
        run("ratelimit", "convert", "a.yaml", "--output", "three", "--sidecars", "3")
                .exits(ExitCode.OK)
                .prints("3 of 10 per day", "1 of 2 per day", "0 per day", "is more than its share");
        run("test", "three").exits(ExitCode.OK).prints("3 tests passed", "p_a: 3 per day");
        run("ratelimit", "convert", "a.yaml", "--output", "x", "--sidecars", "0")
                .exits(ExitCode.USAGE);
    }

    @Test
    void shouldNeverReplaceAnything() throws Exception {
        write("edge.yaml", EDGE.lines().limit(5).reduce("", (a, b) -> a + b + "\n"));
        write("edge/tollgate.yaml", "bundle: mine\n");
        run("ratelimit", "convert", "edge.yaml", "--output", "edge")
                .exits(ExitCode.USAGE)
                .complains("exists; nothing is ever replaced");
        Files.writeString(directory.resolve("x-mapping.yaml"), "mine");
        run("ratelimit", "convert", "edge.yaml", "--output", "x")
                .exits(ExitCode.USAGE)
                .complains("x-mapping.yaml exists");
        run("ratelimit", "convert", "edge.yaml", "--output", "x", "--mapping", "x/mapping.yaml")
                .exits(ExitCode.USAGE)
                .complains("lies in the bundle");
        run("ratelimit", "convert", "none.yaml", "--output", "y")
                .exits(ExitCode.USAGE)
                .complains("none.yaml does not exist");
        run("ratelimit", "convert", "edge.yaml", "--output", "no/such")
                .exits(ExitCode.USAGE)
                .complains("does not exist");
        run("ratelimit", "convert", "edge.yaml", "--output", "y", "--actor", "a=")
                .exits(ExitCode.USAGE)
                .complains("KEY=TYPE");
        run("ratelimit", "convert", "edge.yaml", "--output", "y", "--actor", "a", "--project", "a")
                .exits(ExitCode.USAGE)
                .complains("named twice");
        run("ratelimit").exits(ExitCode.USAGE).complains("convert");
        assertEquals("bundle: mine\n", Files.readString(directory.resolve("edge/tollgate.yaml")));
    }

    private static String[] with(final String[] more, final String... first) {
        final String[] all = new String[first.length + more.length];
        System.arraycopy(first, 0, all, 0, first.length);
        System.arraycopy(more, 0, all, first.length, more.length);
        return all;
    }

    private Run run(final String... arguments) {
        return Run.in(Run.session(directory, Map.of(), ""), arguments);
    }

    private void write(final String name, final String text) throws IOException {
        final Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
