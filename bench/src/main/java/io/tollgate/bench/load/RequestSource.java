/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.load;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.tollgate.bench.world.GeneratedChecks;
import io.tollgate.envoy.auth.v3.CheckRequest;
import io.tollgate.examples.generator.GeneratedRequests;
import io.tollgate.examples.generator.GeneratedShape;
import io.tollgate.examples.generator.PrincipalDraw;
import io.tollgate.v1.DecideRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Where requests come from. */
final class RequestSource {
    private static final int MAX_REQUESTS = 4_000_000;

    private RequestSource() {}

    /**
     * Reads requests, one JSON object (protobuf's JSON form of DecideRequest) a line; empty lines and those that start with # are skipped.
     *
     * @throws IOException              when the file cannot be read
     * @throws IllegalArgumentException when a line is no request; the message names it
     */
    static List<DecideRequest> file(final Path file) throws IOException {
        final List<DecideRequest> requests = new ArrayList<>();
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            int number = 0;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                if (!line.isBlank() && line.charAt(0) != '#') {
                    requests.add(parse(file, number, line));
                }
                if (requests.size() > MAX_REQUESTS) {
                    throw new IllegalArgumentException(file + ": more than " + MAX_REQUESTS + " requests");
                }
            }
        }
        if (requests.isEmpty()) {
            throw new IllegalArgumentException(file + ": holds no request; write one JSON object a line");
        }
        return requests;
    }

    private static DecideRequest parse(final Path file, final int number, final String line) {
        final DecideRequest.Builder request = DecideRequest.newBuilder();
        try {
            JsonFormat.parser().merge(line, request);
        } catch (final InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(file + ":" + number + ": no DecideRequest: " + e.getMessage(), e);
        }
        return request.build();
    }

    /** {@return requests of the generator's principals, drawn with its seed} */
    static List<DecideRequest> generated(final GeneratedShape shape, final Draw draw, final int count) {
        if (count < 1 || count > MAX_REQUESTS) {
            throw new IllegalArgumentException("pool " + count + ": must be from 1 to " + MAX_REQUESTS);
        }
        final PrincipalDraw principals = draw(shape, draw.hot);
        final GeneratedRequests maker = new GeneratedRequests(shape);
        final List<DecideRequest> requests = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            final int principal = principals.next();
            requests.add(draw.byKey ? maker.byKey(principal) : maker.byName(principal));
        }
        return requests;
    }

    /** {@return the same as Checks of Envoy} */
    static List<CheckRequest> generatedChecks(final GeneratedShape shape, final Hot hot, final int count) {
        final PrincipalDraw principals = draw(shape, hot);
        final GeneratedChecks maker = new GeneratedChecks(shape);
        final List<CheckRequest> checks = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            checks.add(maker.check(principals.next()));
        }
        return checks;
    }

    private static PrincipalDraw draw(final GeneratedShape shape, final Hot hot) {
        return hot == Hot.ZIPF
                ? PrincipalDraw.zipf(shape.principals(), shape.seed())
                : PrincipalDraw.uniform(shape.principals(), shape.seed());
    }

    /** How often each principal comes. */
    enum Hot {
        /** Exponent 0.99. */
        ZIPF,
        UNIFORM
    }

    /**
     * How to draw.
     *
     * @param hot   how often each principal comes
     * @param byKey named by API key (seven scopes), else by type and id (six)
     */
    record Draw(Hot hot, boolean byKey) {}
}
