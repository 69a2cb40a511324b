/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.vectors;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.tollgate.v1.AttributeValue;
import io.tollgate.v1.CeilingState;
import io.tollgate.v1.CostEstimate;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DimensionKind;
import io.tollgate.v1.Obligation;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.ReasonClass;
import io.tollgate.v1.Usage;
import io.tollgate.v1.Warning;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** What Envoy must get for a frozen answer, by docs/envoy.md; written without a look at what makes it. */
final class ExpectedCheck {
    private static final long NS_PER_SECOND = 1_000_000_000L;
    private static final long NS_PER_MS = 1_000_000L;
    private static final long MS_PER_SECOND = 1_000L;
    private static final Map<ReasonClass, Integer> STATUS = Map.of(
            ReasonClass.REASON_CLASS_REQUEST, 400,
            ReasonClass.REASON_CLASS_POLICY, 403,
            ReasonClass.REASON_CLASS_ENTITLEMENT, 403,
            ReasonClass.REASON_CLASS_CREDIT, 402,
            ReasonClass.REASON_CLASS_QUOTA, 429,
            ReasonClass.REASON_CLASS_CAPACITY, 503,
            ReasonClass.REASON_CLASS_FRESHNESS, 503,
            ReasonClass.REASON_CLASS_SYSTEM, 503);
    private static final Map<ReasonClass, String> GRPC = Map.of(
            ReasonClass.REASON_CLASS_REQUEST, "3",
            ReasonClass.REASON_CLASS_POLICY, "7",
            ReasonClass.REASON_CLASS_ENTITLEMENT, "7",
            ReasonClass.REASON_CLASS_CREDIT, "9",
            ReasonClass.REASON_CLASS_QUOTA, "8",
            ReasonClass.REASON_CLASS_CAPACITY, "14",
            ReasonClass.REASON_CLASS_FRESHNESS, "14",
            ReasonClass.REASON_CLASS_SYSTEM, "14");

    private final DecideRequest request;
    private final DecideResponse answer;
    private final String reason;
    private final long nowMs;

    ExpectedCheck(DecideRequest request, DecideResponse answer, long nowMs) {
        this.request = request;
        this.answer = answer;
        this.nowMs = nowMs;
        reason = answer.getReason().name().substring("REASON_".length());
    }

    /** {@return as {@link SeenCheck#of} writes what came} */
    JsonElement of(String rule, boolean isGrpc) {
        final JsonObject expected = new JsonObject();
        final boolean passes =
                answer.getOutcome() == Outcome.OUTCOME_ALLOW || answer.getOutcome() == Outcome.OUTCOME_WARN;
        expected.addProperty("code", passes ? 0 : 7);
        if (passes) {
            passes(expected);
        } else {
            denied(expected, isGrpc);
        }
        expected.add("metadata", metadata(rule));
        return expected;
    }

    private void passes(JsonObject expected) {
        final Map<String, String> response = new TreeMap<>();
        response.put("x-tollgate-decision-id", SeenCheck.DECISION);
        final StringBuilder warnings = new StringBuilder();
        for (Warning each : answer.getWarningsList()) {
            warnings.append(warnings.isEmpty() ? "" : ", ")
                    .append(each.getReason().name().substring("REASON_".length()))
                    .append("; ")
                    .append(quoted(each.getMessage()));
        }
        if (!warnings.isEmpty()) {
            response.put("x-tollgate-warning", warnings.toString());
        }
        limits(response);
        expected.add("response", SeenCheck.json(response));
        final Map<String, String> upstream = new TreeMap<>();
        final JsonArray removed = new JsonArray();
        for (String each : CheckMapping.IDENTITY) {
            final String value = identity(each);
            if (value.isEmpty()) {
                removed.add(CheckMapping.header(each));
            } else {
                upstream.put(CheckMapping.header(each), value);
            }
        }
        removed.add(CheckMapping.REMOVED);
        expected.add("upstream", SeenCheck.json(upstream));
        expected.add("removed", SeenCheck.sorted(removed));
    }

    private String identity(String what) {
        final DecideRequest found =
                KeyHolders.found(request, answer.getEvidence().getBundle());
        return switch (what) {
            case "organization" -> found.getPlace().getOrganization();
            case "department" -> found.getPlace().getDepartment();
            case "project" -> found.getPlace().getProject();
            case "actor_type" -> found.getActor().getType();
            case "actor_id" -> found.getActor().getId();
            case "decision_id" -> SeenCheck.DECISION;
            case "reservation_id" -> answer.getReservation().getId();
            case "granted" -> granted();
            case "cost" -> answer.hasCost() ? cost(answer.getCost()) : "";
            case "obligations" -> obligations();
            default -> throw new IllegalArgumentException(what);
        };
    }

    private String granted() {
        return String.join(
                ", ",
                grants().entrySet().stream()
                        .map(each -> each.getKey() + "=" + each.getValue())
                        .toList());
    }

    /** By unit, in the order of the usages; of a unit that is asked for twice the sum. */
    private Map<String, Long> grants() {
        final Map<String, Long> grants = new LinkedHashMap<>();
        for (Usage each : answer.getGrantedList()) {
            grants.merge(each.getUnit(), each.getAmount(), Math::addExact);
        }
        return grants;
    }

    private static String cost(CostEstimate cost) {
        final BigDecimal amount = new BigDecimal(cost.getAmount()).movePointLeft(cost.getScale());
        return amount.setScale(cost.getScale()).toPlainString() + " " + cost.getCurrency();
    }

    private String obligations() {
        final JsonObject values = new JsonObject();
        for (Obligation each : answer.getObligationsList()) {
            final AttributeValue value = each.getValue();
            final String name = each.getFeature() + "." + each.getKey();
            switch (value.getValueCase()) {
                case STRING_VALUE -> values.addProperty(name, value.getStringValue());
                case INT_VALUE -> values.addProperty(name, value.getIntValue());
                case BOOL_VALUE -> values.addProperty(name, value.getBoolValue());
                case DOUBLE_VALUE -> values.addProperty(name, value.getDoubleValue());
                case TIMESTAMP_MS ->
                    values.addProperty(
                            name, Instant.ofEpochMilli(value.getTimestampMs()).toString());
                case STRING_LIST -> {
                    final JsonArray list = new JsonArray();
                    value.getStringList().getValuesList().forEach(list::add);
                    values.add(name, list);
                }
                case VALUE_NOT_SET -> throw new IllegalArgumentException(name + " without a value");
            }
        }
        return values.isEmpty() ? "" : values.toString();
    }

    private void denied(JsonObject expected, boolean isGrpc) {
        final Integer status = STATUS.get(answer.getReasonClass());
        expected.addProperty("status", status);
        final Map<String, String> headers = new TreeMap<>();
        headers.put("x-tollgate-decision-id", SeenCheck.DECISION);
        headers.put("x-tollgate-reason", reason);
        headers.put("cache-control", "no-store");
        final boolean waits = answer.getRetryAfterNs() > 0 && !answer.getRetryNever();
        final long waitS = ceil(answer.getRetryAfterNs(), NS_PER_SECOND);
        if (waits) {
            headers.put("retry-after", Long.toString(waitS));
        }
        limits(headers);
        if (isGrpc) {
            headers.put("grpc-status", Objects.requireNonNull(GRPC.get(answer.getReasonClass())));
            expected.addProperty("body", answer.getMessage());
        } else {
            headers.put("content-type", "application/problem+json");
            final JsonObject problem = new JsonObject();
            problem.addProperty(
                    "type",
                    "urn:tollgate:reason:" + reason.toLowerCase(Locale.ROOT).replace('_', '-'));
            problem.addProperty("status", status);
            problem.addProperty("detail", answer.getMessage());
            problem.addProperty("reason", reason);
            problem.addProperty("decision_id", SeenCheck.DECISION);
            if (answer.getRetryNever()) {
                problem.addProperty("retry", false);
            } else if (waits) {
                problem.addProperty("retry_after_s", waitS);
            }
            expected.add("body", problem);
        }
        expected.add("headers", SeenCheck.json(headers));
    }

    private void limits(Map<String, String> headers) {
        final CeilingState ceiling = answer.getBindingCeiling();
        if (!answer.hasBindingCeiling() || ceiling.getUnlimited()) {
            return;
        }
        final String unit =
                ceiling.getKind() == DimensionKind.DIMENSION_KIND_GAUGE ? "concurrent-requests" : ceiling.getUnit();
        headers.put(
                "ratelimit-policy",
                quoted(ceiling.getId()) + ";q=" + ceiling.getLimit() + ";qu=" + quoted(unit)
                        + (ceiling.getPeriodMs() == 0 ? "" : ";w=" + ceil(ceiling.getPeriodMs(), MS_PER_SECOND)));
        final long resetsInMs = ceiling.getResetsAtMs() - nowMs;
        headers.put(
                "ratelimit",
                quoted(ceiling.getId()) + ";r=" + Math.max(0, ceiling.getRemaining())
                        + (resetsInMs <= 0 ? "" : ";t=" + ceil(resetsInMs, MS_PER_SECOND)));
    }

    private JsonElement metadata(String rule) {
        final JsonObject metadata = new JsonObject();
        metadata.addProperty("rule", rule);
        metadata.addProperty("decision_id", SeenCheck.DECISION);
        metadata.addProperty("outcome", answer.getOutcome().name().substring("OUTCOME_".length()));
        metadata.addProperty("reason", reason);
        if (answer.getReasonClass() != ReasonClass.REASON_CLASS_UNSPECIFIED) {
            metadata.addProperty("reason_class", answer.getReasonClass().name().substring("REASON_CLASS_".length()));
        }
        if (answer.getRetryAfterNs() > 0 && !answer.getRetryNever()) {
            metadata.addProperty("retry_after_ms", Long.toString(ceil(answer.getRetryAfterNs(), NS_PER_MS)));
        }
        metadata.addProperty("bundle", answer.getEvidence().getBundle());
        metadata.addProperty(
                "snapshot_version", Long.toString(answer.getEvidence().getSnapshotVersion()));
        if (answer.hasReservation()) {
            metadata.addProperty("reservation_id", answer.getReservation().getId());
        }
        if (answer.getGrantedCount() > 0) {
            final JsonObject granted = new JsonObject();
            grants().forEach((unit, amount) -> granted.addProperty(unit, Long.toString(amount)));
            metadata.add("granted", granted);
        }
        return SeenCheck.sorted(metadata);
    }

    private static long ceil(long value, long unit) {
        return -Math.floorDiv(-value, unit);
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replaceAll("[^\\x20-\\x7e]", "?") + '"';
    }
}
