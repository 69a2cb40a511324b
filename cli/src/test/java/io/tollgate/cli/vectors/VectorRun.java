/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.vectors;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.JsonFormat;
import io.grpc.StatusRuntimeException;
import io.tollgate.cli.lab.Lab;
import io.tollgate.core.Plane;
import io.tollgate.v1.DecideBatchRequest;
import io.tollgate.v1.DecideBatchResponse;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.ExtendRequest;
import io.tollgate.v1.ReleaseRequest;
import io.tollgate.v1.SettleRequest;
import java.text.ParseException;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Puts the steps of one case to a lab, one by one. */
final class VectorRun {
    /** Keys of a step that ask for an answer. */
    static final List<String> CALLS = List.of("decide", "batch", "extend", "settle", "release");

    private static final Set<String> STEP_KEYS = Set.of(
            "about", "at", "after", "ages", "restart", "install", "decide", "batch", "extend", "settle", "release",
            "repeat", "name", "expect", "status");
    private static final String NEVER = "never";
    private static final String ALL_PLANES = "ALL";

    private final VectorCase vector;
    private final VectorBundles bundles;
    private final Lab lab;
    private final Placeholders placeholders = new Placeholders();
    private int version = 1;

    /** Either a message, with what is left out cleared, or a status. */
    record Answer(@Nullable Message message, @Nullable String status) {}

    VectorRun(VectorCase vector, VectorBundles bundles, Lab lab) {
        this.vector = vector;
        this.bundles = bundles;
        this.lab = lab;
    }

    /** {@return the answer of a step; null = it asks nothing} */
    @Nullable
    Answer step(JsonObject step) {
        VectorFile.onlyKeys(step, STEP_KEYS, vector.name());
        prepare(step);
        Answer answer = null;
        final int repeat = step.has("repeat") ? step.get("repeat").getAsInt() : 1;
        for (int i = 0; i < repeat; i++) {
            answer = call(step);
        }
        return answer;
    }

    private void prepare(JsonObject step) {
        try {
            if (step.has("at")) {
                lab.setTime(Vectors.instant(step.get("at").getAsString()));
            }
            if (step.has("after")) {
                lab.advance(Durations.toNanos(Durations.parse(step.get("after").getAsString())));
            }
            if (step.has("restart")) {
                lab.restart();
            }
            if (step.has("install")) {
                lab.install(bundles.snapshot(step.get("install").getAsString(), ++version));
            }
            if (step.has("ages")) {
                for (var age : step.getAsJsonObject("ages").entrySet()) {
                    age(age.getKey(), age.getValue().getAsString());
                }
            }
        } catch (ParseException e) {
            throw new IllegalArgumentException(vector.name() + ": " + e.getMessage(), e);
        }
    }

    private void age(String plane, String age) throws ParseException {
        final long ms = age.equals(NEVER) ? Lab.NEVER : Durations.toMillis(Durations.parse(age));
        for (Plane each : Plane.values()) {
            if (plane.equals(ALL_PLANES) || plane.equals(each.name())) {
                lab.age(each, ms);
            }
        }
        if (!plane.equals(ALL_PLANES)) {
            Plane.valueOf(plane);
        }
    }

    private @Nullable Answer call(JsonObject step) {
        if (step.has("decide")) {
            final DecideRequest request = parse(request(step.get("decide")), DecideRequest.newBuilder());
            return answer(step, () -> lab.decide(request));
        }
        if (step.has("batch")) {
            final JsonObject batch = step.getAsJsonObject("batch").deepCopy();
            final var requests = batch.getAsJsonArray("requests");
            for (int i = 0; i < requests.size(); i++) {
                requests.set(i, request(requests.get(i)));
            }
            final DecideBatchRequest request = parse(batch, DecideBatchRequest.newBuilder());
            return answer(step, () -> lab.decideBatch(request));
        }
        if (step.has("extend")) {
            final ExtendRequest request = parse(step.get("extend"), ExtendRequest.newBuilder());
            return answer(step, () -> lab.extend(request));
        }
        if (step.has("settle")) {
            final SettleRequest request = parse(step.get("settle"), SettleRequest.newBuilder());
            return answer(step, () -> lab.settle(request));
        }
        if (step.has("release")) {
            final ReleaseRequest request = parse(step.get("release"), ReleaseRequest.newBuilder());
            return answer(step, () -> lab.release(request));
        }
        return null;
    }

    private JsonElement request(JsonElement patch) {
        return MergePatch.apply(vector.base(), patch);
    }

    private Answer answer(JsonObject step, Supplier<? extends Message> call) {
        final Message message;
        try {
            message = call.get();
        } catch (StatusRuntimeException e) {
            return new Answer(null, e.getStatus().getCode().name());
        }
        if (step.has("name")) {
            placeholders.name(step.get("name").getAsString(), reservationId(message));
        }
        return new Answer(Vectors.comparable(message, placeholders), null);
    }

    private static String reservationId(Message message) {
        if (message instanceof DecideResponse response) {
            return response.getReservation().getId();
        }
        if (message instanceof DecideBatchResponse batch && batch.getResponsesCount() > 0) {
            return batch.getResponses(0).getReservation().getId();
        }
        return "";
    }

    @SuppressWarnings("unchecked")
    private <B extends Message.Builder, M extends Message> M parse(JsonElement json, B builder) {
        try {
            JsonFormat.parser().merge(placeholders.resolve(json).toString(), builder);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(vector.name() + ": " + e.getMessage(), e);
        }
        return (M) builder.build();
    }
}
