/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.vectors;

import io.tollgate.v1.AttributeValue;
import io.tollgate.v1.DecideMode;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.StringList;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.random.RandomGenerator;

/** Requests with anything in them that a mapping can say. Not all make sense to an engine. */
final class RandomRequests {
    private static final String[] PIECES = {
        "a",
        "Z",
        "0",
        "_",
        "-",
        ".",
        ":",
        "/",
        "\\",
        ",",
        ";",
        "%",
        "%2f",
        " ",
        "+",
        "&",
        "=",
        "?",
        "#",
        "\"",
        "'",
        "{",
        "}",
        "[",
        "@",
        "*",
        "true",
        "null",
        "é",
        "ß",
        "\u4e2d",
        "\ud83d\ude00",
        "\t",
        "\u0001",
        "..",
    };
    private static final long MAX_SHORT_MS = 1_000_000_000;
    private static final long DAY_S = 86_400;

    private final RandomGenerator random;

    RandomRequests(RandomGenerator random) {
        this.random = random;
    }

    DecideRequest next() {
        final DecideRequest.Builder request = DecideRequest.newBuilder()
                .setMode(DecideMode.forNumber(random.nextInt(4)))
                .setCorrelationId(maybe())
                .setIdempotencyKey(maybe())
                .setRegistryVersion(random.nextInt(3) == 0 ? whole() & Long.MAX_VALUE : 0);
        if (random.nextInt(4) == 0) {
            request.getActorBuilder().setApiKey("key-" + random.nextInt(1_000_000));
        } else {
            request.getActorBuilder().setType(text()).setId(text());
        }
        request.getActorBuilder().addAllRoles(texts(4)).addAllScopes(texts(4));
        request.getPlaceBuilder()
                .setOrganization(maybe())
                .setDepartment(maybe())
                .setProject(maybe());
        request.getTargetBuilder()
                .setProduct(text())
                .setResourceType(text())
                .setAction(text())
                .setResourceId(maybe());
        for (int i = random.nextInt(4); i > 0; i--) {
            request.addUsageBuilder().setUnit(text()).setAmount(1 + (whole() & (Long.MAX_VALUE >> 1)));
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            request.addCurrentUsageBuilder().setDimension(text()).setValue(whole());
        }
        if (random.nextInt(3) == 0) {
            request.setMaxStalenessMs(durationMs());
        }
        if (random.nextInt(3) == 0) {
            request.getReservationBuilder().setTtlMs(durationMs()).setAllowPartial(random.nextBoolean());
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            request.putAttributes(text(), value());
            request.getTargetBuilder().putResourceAttributes(text(), value());
            request.getActorBuilder().putAttributes(text(), value());
        }
        return request.build();
    }

    private AttributeValue value() {
        final AttributeValue.Builder value = AttributeValue.newBuilder();
        return switch (random.nextInt(6)) {
            case 0 -> value.setStringValue(maybe()).build();
            case 1 -> value.setIntValue(whole()).build();
            case 2 -> value.setDoubleValue(real()).build();
            case 3 -> value.setBoolValue(random.nextBoolean()).build();
            case 4 -> value.setTimestampMs(whole() >> random.nextInt(40)).build();
            default ->
                value.setStringList(StringList.newBuilder().addAllValues(texts(5)))
                        .build();
        };
    }

    private double real() {
        final double real = Double.longBitsToDouble(random.nextLong());
        return Double.isFinite(real) && random.nextBoolean() ? real : random.nextInt(1_000) / 8.0;
    }

    /** All sizes alike. */
    private long whole() {
        return random.nextLong() >> random.nextInt(Long.SIZE);
    }

    private long durationMs() {
        return random.nextBoolean()
                ? 1 + (whole() & Long.MAX_VALUE) % (MAX_SHORT_MS - 1)
                : 1_000 * (1 + random.nextLong(365 * DAY_S));
    }

    private List<String> texts(int most) {
        final LinkedHashSet<String> texts = new LinkedHashSet<>();
        for (int i = random.nextInt(most + 1); i > 0; i--) {
            texts.add(text());
        }
        return new ArrayList<>(texts);
    }

    private String maybe() {
        return random.nextBoolean() ? text() : "";
    }

    private String text() {
        final StringBuilder text = new StringBuilder();
        if (random.nextBoolean()) {
            return text.append("name").append(random.nextInt(100)).toString();
        }
        for (int i = 1 + random.nextInt(6); i > 0; i--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }
}
