/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tollgate.v1.AttributeValue;
import io.tollgate.v1.CostEstimate;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.Obligation;
import io.tollgate.v1.Usage;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Parts of an answer as the text of a header or of metadata. */
final class AnswerText {
    private static final long NS_PER_MS = 1_000_000L;
    private static final JsonMapper JSON = new JsonMapper();
    /** Headers hold ASCII only. */
    private static final ObjectWriter ASCII = JSON.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII);

    private AnswerText() {}

    /** {@return what a header of {@code upstream.identity} says; empty = nothing, and the header is taken away} */
    static String identity(final String what, final DecideRequest question, final DecideResponse answer) {
        return switch (what) {
            case "organization" -> question.getPlace().getOrganization();
            case "department" -> question.getPlace().getDepartment();
            case "project" -> question.getPlace().getProject();
            case "actor_type" -> question.getActor().getType();
            case "actor_id" -> question.getActor().getId();
            case "decision_id" -> answer.getDecisionId();
            case "reservation_id" -> answer.getReservation().getId();
            case "granted" -> granted(answer);
            case "cost" -> answer.hasCost() ? cost(answer.getCost()) : "";
            case "obligations" -> obligations(answer.getObligationsList());
            default -> "";
        };
    }

    /** {@return POLICY, QUOTA} */
    static String reasonClass(final DecideResponse answer) {
        return answer.getReasonClass().name().substring("REASON_CLASS_".length());
    }

    /** {@return rounded up} */
    static long retryAfterMs(final DecideResponse answer) {
        final long ns = answer.getRetryAfterNs();
        return ns / NS_PER_MS + (ns % NS_PER_MS == 0 ? 0 : 1);
    }

    /** {@return amount by unit, in the order of the usages; one unit named twice is one sum} */
    static Map<String, String> sums(final List<Usage> usages) {
        final Map<String, String> sums = new LinkedHashMap<>();
        for (final Usage usage : usages) {
            sums.merge(usage.getUnit(), Long.toString(usage.getAmount()), (a, b) -> new BigInteger(a)
                    .add(new BigInteger(b))
                    .toString());
        }
        return sums;
    }

    /** {@code input_token=800, image=1} */
    private static String granted(final DecideResponse answer) {
        final StringBuilder text = new StringBuilder();
        sums(answer.getGrantedList()).forEach((unit, amount) -> text.append(text.isEmpty() ? "" : ", ")
                .append(unit)
                .append('=')
                .append(amount));
        return text.toString();
    }

    /** {@code 0.0125 USD} */
    private static String cost(final CostEstimate cost) {
        return BigDecimal.valueOf(cost.getAmount(), cost.getScale()).toPlainString() + " " + cost.getCurrency();
    }

    /** {@code {"chat.max_tokens":4096}}: values by feature and key. */
    private static String obligations(final List<Obligation> obligations) {
        if (obligations.isEmpty()) {
            return "";
        }
        final ObjectNode json = JSON.createObjectNode();
        for (final Obligation each : obligations) {
            put(json, each.getKey().isEmpty() ? each.getFeature() : each.getFeature() + "." + each.getKey(), each);
        }
        try {
            return ASCII.writeValueAsString(json);
        } catch (final JsonProcessingException e) {
            throw new IllegalStateException("a tree of texts and numbers is JSON", e);
        }
    }

    private static void put(final ObjectNode json, final String name, final Obligation obligation) {
        final AttributeValue value = obligation.getValue();
        switch (value.getValueCase()) {
            case STRING_VALUE -> json.put(name, value.getStringValue());
            case INT_VALUE -> json.put(name, value.getIntValue());
            case DOUBLE_VALUE -> json.put(name, value.getDoubleValue());
            case BOOL_VALUE -> json.put(name, value.getBoolValue());
            case TIMESTAMP_MS ->
                json.put(
                        name,
                        java.time.Instant.ofEpochMilli(value.getTimestampMs()).toString());
            case STRING_LIST -> {
                final ArrayNode list = json.putArray(name);
                value.getStringList().getValuesList().forEach(list::add);
            }
            default -> json.putNull(name);
        }
    }
}
