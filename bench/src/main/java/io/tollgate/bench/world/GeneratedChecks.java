/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.world;

import com.google.protobuf.util.JsonFormat;
import io.tollgate.envoy.auth.v3.AttributeContext.HttpRequest;
import io.tollgate.envoy.auth.v3.CheckRequest;
import io.tollgate.examples.generator.GeneratedNames;
import io.tollgate.examples.generator.GeneratedRequests;
import io.tollgate.examples.generator.GeneratedShape;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * The generated world's measured operation as HTTP, and as the Check that a real Envoy makes of it ({@code check-request.json}, recorded by
 * {@code bench/run envoy.CaptureCheck} from Envoy 1.40.0). The mapping beside it makes the question of {@link GeneratedRequests} of it.
 */
public final class GeneratedChecks {
    private final GeneratedRequests maker;
    private final CheckRequest recorded;

    /** Asks for principals of this shape. */
    public GeneratedChecks(final GeneratedShape shape) {
        maker = new GeneratedRequests(shape);
        recorded = recorded();
    }

    /** {@return the mapping's text} */
    public static String mapping() {
        try (InputStream in = resource("mapping.yaml")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the mapping as a file in a folder} */
    public static Path mapping(final Path folder) throws IOException {
        return Files.writeString(folder.resolve("mapping.yaml"), mapping());
    }

    /** {@return what Envoy asked when it was recorded} */
    public static CheckRequest recorded() {
        final CheckRequest.Builder check = CheckRequest.newBuilder();
        try (InputStreamReader in = new InputStreamReader(resource("check-request.json"), StandardCharsets.UTF_8)) {
            JsonFormat.parser().merge(in, check);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        return check.build();
    }

    private static InputStream resource(final String name) {
        return Objects.requireNonNull(GeneratedChecks.class.getResourceAsStream(name), name);
    }

    /** {@return an HTTP/1.1 request of a principal} */
    public static String http(final GeneratedRequests maker, final int principal) {
        return "GET " + path(maker, principal)
                + " HTTP/1.1\r\n"
                + "host: api.acme.com\r\n"
                + "user-agent: acme-client/3.4 (linux)\r\n"
                + "accept: application/json\r\n"
                + "accept-encoding: gzip, deflate\r\n"
                + "authorization: Bearer " + GeneratedNames.apiKey(principal) + "\r\n"
                + "x-tenant: " + maker.organization(principal) + "\r\n"
                + "x-scopes: llm:write\r\n"
                + "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n\r\n";
    }

    private static String path(final GeneratedRequests maker, final int principal) {
        return "/v1/projects/" + maker.project(principal) + "/models/large-1/invoke?tokens=" + maker.tokens(principal);
    }

    /** {@return what Envoy asks when a principal sends {@link #http}} */
    public CheckRequest check(final int principal) {
        final CheckRequest.Builder check = recorded.toBuilder();
        final HttpRequest.Builder http =
                check.getAttributesBuilder().getRequestBuilder().getHttpBuilder();
        final String path = path(maker, principal);
        http.setPath(path)
                .putHeaders(":path", path)
                .putHeaders("authorization", "Bearer " + GeneratedNames.apiKey(principal))
                .putHeaders("x-tenant", maker.organization(principal));
        return check.build();
    }
}
