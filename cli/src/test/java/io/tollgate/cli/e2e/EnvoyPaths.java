/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Paths that two programs may read differently, through Envoys that mend nothing, what docs/envoy.md recommends, and all they can. Nobody
 * must be asked about another path than the service gets. A byte stands as its hex digits in pointed brackets.
 */
abstract class EnvoyPaths {
    private static final Pattern BYTE = Pattern.compile("<([0-9a-f]{2})>");

    /**
     * The path, and what becomes of it at OPEN, STRICT and MENDING: = it passes as it is; > it passes as this; T Tollgate refuses it, with
     * these words; E Envoy refuses it by itself; ~ not looked at. /v1/models is another rule, which wants to know who asks.
     */
    private static final String HTTP1 =
            """
            /files/a                      | =                    | =                | =
            /files/a/                     | =                    | =                | =
            /files/a%20b                  | =                    | =                | =
            /files/%C3%A4                 | =                    | =                | =
            /files/a%23b                  | =                    | =                | =
            /files/a%3fb                  | =                    | =                | =
            /files/a+b                    | =                    | =                | =
            /files/a%21                   | =                    | =                | =
            /files/a!                     | T exclamation mark   | T exclamation    | T exclamation
            /files/a%2fb                  | T slash              | E                | > /files/a/b
            /files/a%2Fb                  | T slash              | E                | > /files/a/b
            /files/a%5cb                  | T backslash          | E                | > /files/a/b
            /files/a\\b                    | T backslash          | > /files/a/b     | > /files/a/b
            /files/../v1/models           | T dot segment        | T who sends it   | T who sends it
            /files/%2e%2e/v1/models       | T dot segment        | T who sends it   | T who sends it
            /files/.%2e/v1/models         | T dot segment        | T who sends it   | T who sends it
            /files/%2e%2e%2fv1/models     | T slash              | E                | T who sends it
            /files/./a                    | T dot segment        | > /files/a       | > /files/a
            /files/..;/v1/models          | T semicolon          | T                | T
            /files/a;b=1                  | T semicolon          | T semicolon      | T semicolon
            /files/a%3bb                  | T semicolon          | T semicolon      | T semicolon
            /files/a%252fb                | T encoded twice      | T encoded twice  | T encoded twice
            /files/%252e%252e/x           | T encoded twice      | T encoded twice  | T encoded twice
            /files/a%00b                  | T control character  | E                | E
            /files/a%01b                  | T control character  | T control        | T control
            /files/a%7fb                  | T control character  | T control        | T control
            /files/%ff                    | T not UTF-8          | T not UTF-8      | T not UTF-8
            /files/a%c0%afb               | T not UTF-8          | T not UTF-8      | T not UTF-8
            /files/a%                     | T broken escape      | T broken escape  | T broken escape
            /files/a%zz                   | T broken escape      | T broken escape  | T broken escape
            /files/a%u0041                | T broken escape      | T broken escape  | T broken escape
            //files/a                     | T empty segment      | > /files/a       | > /files/a
            /files//a                     | T empty segment      | > /files/a       | > /files/a
            /files/a|b                    | ~                    | > /files/a%7Cb   | > /files/a%7Cb
            /files/a<e4>                  | E                    | E                | E
            /files/a<c3><a4>              | E                    | E                | E
            /files/a<00>b                 | E                    | E                | E
            /files/a<01>b                 | E                    | E                | E
            /files/a<09>b                 | E                    | E                | E
            /files/a#b                    | E                    | E                | E
            /files/a?b#c                  | E                    | E                | E
            /FILES/a                      | T Nothing is known   | T Nothing        | T Nothing
            http://gate.test/files/a      | > /files/a           | > /files/a       | > /files/a
            http://else.test/files/a      | > /files/a           | > /files/a       | > /files/a
            http://gate.test/files/../v1/models | T dot segment  | T who sends it   | T who sends it
            http://gate.test//files/a     | T empty segment      | > /files/a       | > /files/a
            http://gate.test              | T Nothing is known   | T Nothing        | T Nothing
            ftp://gate.test/files/a       | E                    | E                | E
            files/a                       | E                    | E                | E
            *                             | E                    | E                | E
            /files/LONG8000               | =                    | =                | =
            /files/LONG8300               | T longer than 8192   | T longer         | T longer
            /files/LONG62000              | E                    | E                | E
            /files/a?LONG10000            | =                    | =                | =
            """;

    /** Over HTTP/2, where Envoy is less strict about bytes, at OPEN, RAW and STRICT. */
    private static final String HTTP2 =
            """
            /files/a                      | =                    | =                | =
            /files/a!                     | T exclamation mark   | =                | T exclamation mark
            /files/a<ff>                  | T exclamation mark   | T not UTF-8      | T not UTF-8
            /files/a?b<ff>                | =                    | =                | =
            /v1/models?tokens=<ff>        | T who sends it       | T who sends it   | T who sends it
            /files/a<c3><a4>              | =                    | =                | > /files/a%C3%A4
            /files/a<20>b                 | E                    | E                | E
            /files/a<00>b                 | E                    | E                | E
            /files/a<09>b                 | E                    | E                | E
            /files/a<0d><0a>x:<20>y       | E                    | E                | E
            /files/a#b                    | E                    | E                | E
            /files/../v1/models           | T dot segment        | T dot segment    | T who sends it
            /files/a\\b                    | T backslash          | T backslash      | > /files/a/b
            files/a                       | E                    | E                | E
            http://gate.test/files/a      | E                    | E                | E
            """;

    private final Gate gate = EnvoyGateTest.gate();

    static List<String> versions() {
        return RealEnvoy.VERSIONS;
    }

    /** Sends a request for a path. */
    private interface Sender {
        RawHttp.Reply send(int port, String path) throws IOException;
    }

    @ParameterizedTest
    @MethodSource("versions")
    void shouldJudgeThePathThatTheServiceGetsOrNone(final String version) throws Exception {
        judge(
                gate.front(version),
                HTTP1,
                List.of(Door.OPEN, Door.STRICT, Door.MENDING),
                (port, path) -> RawHttp.exchange(port, "POST " + path + " HTTP/1.1\ncontent-length: 0\n", ""));
    }

    @ParameterizedTest
    @MethodSource("versions")
    void shouldDoSoOverHttp2(final String version) throws Exception {
        judge(
                gate.front(version),
                HTTP2,
                List.of(Door.OPEN, Door.RAW, Door.STRICT),
                (port, path) -> RawHttp2.exchange(port, RawHttp2.get(path), null));
    }

    private void judge(final Front front, final String table, final List<Door> doors, final Sender sender) {
        final int before = gate.upstream.requests.get();
        final int[] passed = {0};
        assertAll(table.lines().map(line -> () -> {
            // the path may have a bar of its own
            final int first = line.indexOf(" | ");
            final String path = written(line.substring(0, first).strip());
            final String[] cells = line.substring(first + 3).split("\\|");
            for (int i = 0; i < doors.size(); i++) {
                final String expected = cells[i].strip();
                if (!expected.equals("~")) {
                    final String what = doors.get(i) + ": " + line;
                    passed[0] += check(what, expected, path, sender.send(front.port(doors.get(i)), path)) ? 1 : 0;
                }
            }
        }));
        assertEquals(passed[0], gate.upstream.requests.get() - before, "nothing else came through");
    }

    private static boolean check(
            final String what, final String expected, final String path, final RawHttp.Reply reply) {
        final String all = what + " " + reply;
        switch (expected.charAt(0)) {
            case 'E' -> {
                assertTrue(reply.status() == 400 || reply.status() == 431 || reply.status() == 0, all);
                assertEquals("", reply.reason(), all);
            }
            case 'T' -> {
                assertEquals(400, reply.status(), all);
                final String words = expected.substring(1).strip();
                assertTrue(Seen.json(reply.body()).get("detail").asText().contains(words), all);
            }
            default -> {
                assertEquals(200, reply.status(), all);
                final String got = reply.body().lines().findFirst().orElse("").split(" ", 2)[1];
                assertEquals(expected.equals("=") ? path : expected.substring(1).strip(), got, all);
                return true;
            }
        }
        return false;
    }

    private static String written(final String path) {
        final String bytes =
                BYTE.matcher(path).replaceAll(hex -> Character.toString(Integer.parseInt(hex.group(1), 16)));
        final int at = bytes.indexOf("LONG");
        return at < 0 ? bytes : bytes.substring(0, at) + "a".repeat(Integer.parseInt(bytes.substring(at + 4)));
    }
}
