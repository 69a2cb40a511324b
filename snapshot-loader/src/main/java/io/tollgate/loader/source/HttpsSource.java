/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.source;

import io.tollgate.loader.transfer.ControlPlaneClient.Failure.Kind;
import io.tollgate.loader.transfer.TokenSource;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * An HTTPS address: object storage, a web server. Polls name the ETag that is known (If-None-Match), a broken transfer goes on with a range
 * (If-Range, so that another object's bytes never follow). Redirects are not followed: a token must not travel to where a response says.
 */
final class HttpsSource implements SnapshotSource {
    private static final int OK = 200;
    private static final int PARTIAL = 206;
    private static final int NOT_MODIFIED = 304;
    private static final int NOT_FOUND = 404;
    private static final int GONE = 410;
    private static final int RANGE_NOT_SATISFIABLE = 416;
    private static final int HUNDRED = 100;

    private final URI uri;
    private final HttpClient client;
    private final @Nullable TokenSource token;
    private final Duration patience;
    private volatile Head known = new Head("", new byte[0]);

    private record Head(String etag, byte[] bytes) {}

    /**
     * A source.
     *
     * @param tls null = what the Java platform trusts
     * @param token sent with every request; null = none
     * @param patience until connected, and until the response's headers have come
     */
    HttpsSource(URI uri, @Nullable SSLContext tls, @Nullable TokenSource token, Duration patience) {
        this.uri = uri;
        this.token = token;
        this.patience = patience;
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(patience);
        if (tls != null) {
            builder.sslContext(tls);
        }
        this.client = builder.build();
    }

    @Override
    public byte[] head(int maxBytes) throws IOException {
        Head last = known;
        HttpRequest.Builder request = request(uri).header("Range", "bytes=0-" + (maxBytes - 1));
        if (!last.etag.isEmpty()) {
            request.header("If-None-Match", last.etag);
        }
        HttpResponse<InputStream> response = send(request.build());
        try (InputStream body = response.body()) {
            if (response.statusCode() == NOT_MODIFIED && !last.etag.isEmpty()) {
                return last.bytes;
            }
            require(response, response.statusCode() == OK || begins(response, 0));
            byte[] bytes = body.readNBytes(maxBytes);
            known = new Head(etag(response), bytes);
            return bytes;
        }
    }

    @Override
    public Statement statement() throws IOException {
        HttpResponse<InputStream> response = send(request(beside()).build());
        try (InputStream body = response.body()) {
            if (response.statusCode() == NOT_FOUND || response.statusCode() == GONE) {
                return new Statement(null, 0);
            }
            require(response, response.statusCode() == OK);
            return new Statement(body.readNBytes(MAX_STATEMENT_BYTES + 1), date(response));
        }
    }

    @Override
    public Content open(String tag, long offset) throws IOException {
        // A weak tag names more than one sequence of bytes, so ranges need a strong one (RFC 9110, 13.1.5).
        boolean goesOn = offset > 0 && tag.startsWith("\"");
        HttpRequest.Builder request = request(uri);
        if (goesOn) {
            request.header("Range", "bytes=" + offset + "-").header("If-Range", tag);
        }
        HttpResponse<InputStream> response = send(request.build());
        if (goesOn && response.statusCode() == RANGE_NOT_SATISFIABLE) {
            response.body().close();
            return open("", 0);
        }
        try {
            boolean continued =
                    goesOn && begins(response, offset) && etag(response).equals(tag);
            require(response, continued || response.statusCode() == OK);
            return new Content(response.body(), etag(response), continued ? offset : 0);
        } catch (IOException e) {
            response.body().close();
            throw e;
        }
    }

    private URI beside() {
        String text = uri.toString();
        int query = text.indexOf('?');
        int end = query < 0 ? text.length() : query;
        return URI.create(text.substring(0, end) + STATEMENT_SUFFIX + text.substring(end));
    }

    private HttpRequest.Builder request(URI target) throws IOException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(target).timeout(patience).GET();
        if (token != null) {
            request.header("Authorization", "Bearer " + token.token());
        }
        return request;
    }

    private HttpResponse<InputStream> send(HttpRequest request) throws IOException {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SourceException(Kind.UNAVAILABLE, "cancelled");
        } catch (HttpTimeoutException e) {
            throw new SourceException(Kind.UNAVAILABLE, "no answer within " + patience.toMillis() + " ms");
        } catch (IOException e) {
            throw new SourceException(Kind.UNAVAILABLE, cause(e));
        }
    }

    /** The innermost reason: "unable to find valid certification path", "Connection refused". */
    private static String cause(Throwable thrown) {
        Throwable at = thrown;
        while (at.getCause() != null && at.getCause() != at) {
            at = at.getCause();
        }
        return at.getClass().getSimpleName() + (at.getMessage() == null ? "" : ": " + at.getMessage());
    }

    private static boolean begins(HttpResponse<?> response, long offset) {
        return response.statusCode() == PARTIAL
                && response.headers().firstValue("Content-Range").orElse("").startsWith("bytes " + offset + "-");
    }

    private static void require(HttpResponse<?> response, boolean expected) throws SourceException {
        int status = response.statusCode();
        if (expected) {
            String encoding = response.headers().firstValue("Content-Encoding").orElse("identity");
            if (!encoding.equals("identity")) {
                throw new SourceException(
                        Kind.OTHER,
                        "it sends the file encoded as '" + printable(encoding) + "', nobody asked for that");
            }
            return;
        }
        switch (status / HUNDRED) {
            case 3 ->
                throw new SourceException(
                        Kind.OTHER,
                        "it answers " + status + " and points to '"
                                + printable(response.headers()
                                        .firstValue("Location")
                                        .orElse("nowhere"))
                                + "'; redirects are not followed, set snapshot.source to the final address");
            case 4 ->
                throw new SourceException(
                        switch (status) {
                            case 401, 403 -> Kind.REFUSED;
                            case NOT_FOUND, GONE -> Kind.NOT_FOUND;
                            case 408, 429 -> Kind.UNAVAILABLE;
                            default -> Kind.OTHER;
                        },
                        "it answers " + status + (status == 401 || status == 403 ? " (snapshot.token_file)" : ""));
            case 5 -> throw new SourceException(Kind.UNAVAILABLE, "it answers " + status);
            default -> throw new SourceException(Kind.OTHER, "it answers " + status + " to a plain question");
        }
    }

    private static String printable(String header) {
        String clean = header.replaceAll("[^\\x21-\\x7e]", "?").replaceAll("\\?.*", "?...");
        return clean.length() <= HUNDRED ? clean : clean.substring(0, HUNDRED) + "...";
    }

    private static String etag(HttpResponse<?> response) {
        return response.headers().firstValue("ETag").orElse("");
    }

    private static long date(HttpResponse<?> response) {
        try {
            return response.headers()
                    .firstValue("Date")
                    .map(text -> ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant()
                            .toEpochMilli())
                    .orElse(0L);
        } catch (DateTimeParseException e) {
            return 0;
        }
    }

    @Override
    public String address() {
        return uri.getScheme() + "://" + uri.getAuthority() + uri.getPath();
    }

    @Override
    public void close() {
        // The platform ends the client's threads when nobody refers to it any more.
    }
}
