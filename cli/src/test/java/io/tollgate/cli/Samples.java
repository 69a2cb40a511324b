/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import com.google.protobuf.TextFormat;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DumpScopeResponse;
import io.tollgate.v1.StatusResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Answers of a sidecar, kept as protobuf text beside this class. */
final class Samples {
    private Samples() {}

    static DecideResponse decision(String name) {
        return parse(name, DecideResponse.newBuilder()).build();
    }

    static StatusResponse status(String name) {
        return parse(name, StatusResponse.newBuilder()).build();
    }

    static DumpScopeResponse scope(String name) {
        return parse(name, DumpScopeResponse.newBuilder()).build();
    }

    private static <B extends com.google.protobuf.Message.Builder> B parse(String name, B builder) {
        try (InputStream in = Objects.requireNonNull(Samples.class.getResourceAsStream(name), name)) {
            TextFormat.merge(new String(in.readAllBytes(), StandardCharsets.UTF_8), builder);
            return builder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
