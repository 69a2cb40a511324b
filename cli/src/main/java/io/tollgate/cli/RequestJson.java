/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.tollgate.v1.DecideRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A request as JSON, from a file or standard input. Fields that do not exist are errors: a misspelt limit must not
 * vanish.
 */
final class RequestJson {
    private static final Path STANDARD_INPUT = Path.of("-");
    private static final int MAX_BYTES = 1 << 20;
    /** As protobuf-java-util says it. */
    private static final Pattern UNKNOWN_FIELD = Pattern.compile("Cannot find field: (.*) in message ([\\w.]+)");

    private static final Pattern PLACE = Pattern.compile("at line (\\d+) column (\\d+)");

    private RequestJson() {}

    static DecideRequest read(Session session, Path file) {
        final String name = name(file);
        final DecideRequest.Builder request = DecideRequest.newBuilder();
        try {
            JsonFormat.parser().merge(text(session, file, name), request);
        } catch (InvalidProtocolBufferException e) {
            throw CommandFailure.usage(name + ": " + explain(String.valueOf(e.getMessage())));
        }
        return request.build();
    }

    static String name(Path file) {
        return file.equals(STANDARD_INPUT) ? "standard input" : file.toString();
    }

    static String text(Session session, Path file, String name) {
        final byte[] bytes;
        try {
            bytes = file.equals(STANDARD_INPUT)
                    ? session.in().readNBytes(MAX_BYTES + 1)
                    : Files.readAllBytes(session.resolve(file));
        } catch (NoSuchFileException e) {
            throw CommandFailure.usage(
                    "request file " + file + " does not exist (looked for " + session.resolve(file) + ")");
        } catch (IOException e) {
            throw CommandFailure.usage("request file " + file + " cannot be read: " + e);
        }
        if (bytes.length > MAX_BYTES) {
            throw CommandFailure.usage(name + " is longer than 1 MiB; a request has at most 64 KiB");
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw CommandFailure.usage(name + " is not UTF-8");
        }
    }

    static String explain(String problem) {
        final Matcher unknown = UNKNOWN_FIELD.matcher(problem);
        if (unknown.find()) {
            final String field = unknown.group(1);
            final String message = unknown.group(2).substring(unknown.group(2).lastIndexOf('.') + 1);
            return "there is no field '" + field + "' in " + message + suggestion(message, field);
        }
        final Matcher place = PLACE.matcher(problem);
        if (problem.contains("MalformedJsonException") || problem.contains("EOFException")) {
            return "not JSON" + (place.find() ? ", see line " + place.group(1) + " column " + place.group(2) : "");
        }
        return problem;
    }

    private static String suggestion(String message, String field) {
        final Descriptor descriptor = DecideRequest.getDescriptor().getFile().findMessageTypeByName(message);
        if (descriptor == null) {
            return "";
        }
        final String fields = descriptor.getFields().stream()
                .map(FieldDescriptor::getJsonName)
                .collect(Collectors.joining(", "));
        final String nearest = Nearest.of(
                field,
                descriptor.getFields().stream()
                        .map(FieldDescriptor::getJsonName)
                        .toList());
        return (nearest.isEmpty() ? "" : "; did you mean '" + nearest + "'?") + "\nIt has: " + fields;
    }
}
