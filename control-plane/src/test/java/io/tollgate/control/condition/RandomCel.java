/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.condition;

import io.tollgate.core.condition.ValueType;
import java.util.List;
import java.util.Random;

/** Random well-typed expressions of the subset, over {@link SampleVocabulary}, as text. */
final class RandomCel {
    static final List<String> TEXTS =
            List.of("eu", "us", "eu-1", "", "admin", "größe", "漢字", "eu-1/gpu/a100", "🚀", "a'b");
    private static final List<String> TIMESTAMPS = List.of(
            "2027-01-31T12:00:00Z",
            "1970-01-01T00:00:00Z",
            "2026-03-29T01:59:59.999+01:00",
            "2024-02-29T23:59:59.5-05:30",
            "0001-01-01T00:00:00Z",
            "9999-12-31T23:59:59.999Z");
    private static final List<String> DURATIONS =
            List.of("1.5s", "250ms", "-0.5s", "8640h10m0.001s", "1h30m", "-87599999h30m59.999s");
    /** dev.cel 0.14 takes sums that are negative and have a fraction of a second for errors, so sums are of these. */
    private static final List<String> WHOLE_SECONDS =
            List.of("0s", "-5s", "24h", "2540400h", "-87599999h", "87599999h59m59s", "1h0m7s");

    private static final List<String> ZONES =
            List.of("", "'Europe/Berlin'", "'America/New_York'", "'Asia/Kathmandu'", "'UTC'", "'+02:00'", "'-05:30'");
    private static final List<String> FIELDS = List.of(
            "getFullYear",
            "getMonth",
            "getDate",
            "getDayOfMonth",
            "getDayOfYear",
            "getDayOfWeek",
            "getHours",
            "getMinutes",
            "getSeconds",
            "getMilliseconds");
    private static final List<String> LISTS =
            List.of("actor.roles", "actor.token_scopes", "resource.tags", "request.labels", "config['terms'].models");
    private static final List<String> ORDERS = List.of("==", "!=", "<", "<=", ">", ">=");

    private final Random random;
    private boolean inside;

    RandomCel(Random random) {
        this.random = random;
    }

    /** {@return an expression of a type, STRING_LIST excepted} */
    String next(ValueType type, int depth) {
        return switch (type) {
            case BOOL -> bool(depth);
            case INT -> whole(depth);
            case DOUBLE -> real(depth);
            case STRING -> text(depth);
            case TIMESTAMP -> timestamp(depth);
            case DURATION -> duration(depth);
            case STRING_LIST -> throw new IllegalArgumentException("lists are no values");
        };
    }

    private String pick(List<String> from) {
        return from.get(random.nextInt(from.size()));
    }

    private String choose(ValueType type, int depth) {
        return "(" + bool(depth - 1) + " ? " + next(type, depth - 1) + " : " + next(type, depth - 1) + ")";
    }

    private String bool(int depth) {
        if (depth <= 0) {
            return pick(List.of(
                    "true",
                    "false",
                    "place.regulated",
                    "request.`in`",
                    "config.terms.beta",
                    "has(actor.level)",
                    "has(resource.id)",
                    "has(place.project)",
                    "has(config['terms'].tier)",
                    "('size' in config['terms'])",
                    "('gpu.concurrent' in usage)",
                    "has(usage.tokens)"));
        }
        return switch (random.nextInt(12)) {
            case 0, 1 ->
                "(" + bool(depth - 1) + " && " + bool(depth - 1)
                        + (random.nextBoolean() ? " && " + bool(depth - 1) : "") + ")";
            case 2, 3 -> "(" + bool(depth - 1) + " || " + bool(depth - 1) + ")";
            case 4 -> "!(" + bool(depth - 1) + ")";
            case 5 -> choose(ValueType.BOOL, depth);
            case 6 -> oneOf(depth);
            case 7 -> "(" + text(depth - 1) + " in " + pick(LISTS) + ")";
            case 8 -> inside ? compare(depth) : some(depth);
            case 9 -> texts(depth);
            default -> compare(depth);
        };
    }

    private String compare(int depth) {
        List<ValueType> types = List.of(
                ValueType.BOOL,
                ValueType.INT,
                ValueType.INT,
                ValueType.DOUBLE,
                ValueType.STRING,
                ValueType.STRING,
                ValueType.TIMESTAMP,
                ValueType.DURATION);
        ValueType type = types.get(random.nextInt(types.size()));
        return "(" + next(type, depth - 1) + " " + pick(ORDERS) + " " + next(type, depth - 1) + ")";
    }

    private String oneOf(int depth) {
        StringBuilder list = new StringBuilder();
        int count = random.nextInt(4);
        int form = random.nextInt(4);
        for (int i = 0; i < count; i++) {
            String literal =
                    switch (form) {
                        case 0 -> integer();
                        case 1 -> quoted(pick(TEXTS));
                        case 2 -> decimal();
                        default -> "timestamp('" + pick(TIMESTAMPS) + "')";
                    };
            list.append(i == 0 ? "" : ", ").append(literal);
        }
        String value =
                switch (form) {
                    case 0 -> whole(depth - 1);
                    case 1 -> text(depth - 1);
                    case 2 -> real(depth - 1);
                    default -> timestamp(depth - 1);
                };
        return "(" + value + " in [" + list + "])";
    }

    private String some(int depth) {
        inside = true;
        String body = bool(depth - 1);
        inside = false;
        String over = random.nextBoolean() ? pick(LISTS) : "[" + quoted(pick(TEXTS)) + ", " + quoted(pick(TEXTS)) + "]";
        return over + (random.nextBoolean() ? ".exists" : ".all") + "(x, " + body + ")";
    }

    private String texts(int depth) {
        return switch (random.nextInt(3)) {
            case 0 -> text(depth - 1) + ".startsWith(" + text(depth - 1) + ")";
            case 1 -> text(depth - 1) + ".endsWith(" + text(depth - 1) + ")";
            default -> text(depth - 1) + ".contains(" + quoted(pick(TEXTS)) + ")";
        };
    }

    private String whole(int depth) {
        if (depth <= 0) {
            return random.nextBoolean()
                    ? integer()
                    : pick(List.of(
                            "actor.level",
                            "request.size",
                            "usage['gpu.concurrent']",
                            "usage.tokens",
                            "request.amount['token']",
                            "request.amount.gpu_hour",
                            "request.charge['gpu.concurrent']",
                            "config['terms'].size",
                            "config.terms['size']"));
        }
        return switch (random.nextInt(8)) {
            case 0, 1, 2 ->
                "(" + whole(depth - 1) + " " + pick(List.of("+", "-", "*", "/", "%")) + " " + whole(depth - 1) + ")";
            case 3 -> "-(" + whole(depth - 1) + ")";
            case 4 -> "int(" + (random.nextInt(4) == 0 ? whole(depth - 1) : real(depth - 1)) + ")";
            case 5 -> random.nextBoolean() ? "size(" + pick(LISTS) + ")" : text(depth - 1) + ".size()";
            case 6 -> timestamp(depth - 1) + "." + pick(FIELDS) + "(" + pick(ZONES) + ")";
            default -> choose(ValueType.INT, depth);
        };
    }

    private String real(int depth) {
        if (depth <= 0) {
            return random.nextBoolean()
                    ? decimal()
                    : pick(List.of("actor.score", "request.share", "config['terms'].rate"));
        }
        return switch (random.nextInt(6)) {
            case 0, 1, 2 ->
                "(" + real(depth - 1) + " " + pick(List.of("+", "-", "*", "/")) + " " + real(depth - 1) + ")";
            case 3 -> "-(" + real(depth - 1) + ")";
            case 4 -> "double(" + (random.nextInt(4) == 0 ? real(depth - 1) : whole(depth - 1)) + ")";
            default -> choose(ValueType.DOUBLE, depth);
        };
    }

    private String text(int depth) {
        if (depth <= 0 || random.nextInt(3) > 0) {
            if (inside && random.nextInt(3) == 0) {
                return "x";
            }
            return random.nextInt(3) == 0
                    ? quoted(pick(TEXTS))
                    : pick(List.of(
                            "resource.region",
                            "resource.model",
                            "actor.`cost-center`",
                            "request.`team.lead`",
                            "actor.id",
                            "place.organization",
                            "place.plan",
                            "request.mode",
                            "config['terms'].tier"));
        }
        return choose(ValueType.STRING, depth);
    }

    private String timestamp(int depth) {
        if (depth <= 0) {
            return random.nextInt(3) == 0
                    ? "timestamp('" + pick(TIMESTAMPS) + "')"
                    : pick(List.of("time.now", "place.since", "request.until"));
        }
        return switch (random.nextInt(4)) {
            case 0 -> "(" + timestamp(depth - 1) + " + " + duration(depth - 1) + ")";
            case 1 -> "(" + duration(depth - 1) + " + " + timestamp(depth - 1) + ")";
            case 2 -> "(" + timestamp(depth - 1) + " - " + duration(depth - 1) + ")";
            default -> choose(ValueType.TIMESTAMP, depth);
        };
    }

    private String duration(int depth) {
        if (depth <= 0) {
            return "duration('" + pick(random.nextBoolean() ? DURATIONS : WHOLE_SECONDS) + "')";
        }
        return switch (random.nextInt(4)) {
            case 0, 1 -> "(" + timestamp(depth - 1) + " - " + timestamp(depth - 1) + ")";
            case 2 -> sum(depth);
            default -> choose(ValueType.DURATION, depth);
        };
    }

    private String sum(int depth) {
        if (depth <= 0) {
            return "duration('" + pick(WHOLE_SECONDS) + "')";
        }
        return "(" + sum(depth - 1) + (random.nextBoolean() ? " + " : " - ") + sum(depth - 1) + ")";
    }

    private String integer() {
        return pick(List.of("0", "1", "2", "-1", "7", "-13", "4096", "9223372036854775807", "-9223372036854775808"));
    }

    private String decimal() {
        return pick(List.of("0.0", "1.0", "0.5", "-2.5", "1e18", "9.3e18", "-1e300", "3.25"));
    }

    /** {@return a text literal, in either sort of quotes} */
    static String quoted(String text) {
        return text.contains("'") ? "\"" + text + "\"" : "'" + text + "'";
    }
}
