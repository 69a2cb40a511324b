/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import io.tollgate.client.DecisionRequestBuilder;
import io.tollgate.v1.Usage;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The small languages of the request flags: llm/model/invoke, 1000:input_token, resource.region=eu-1. */
final class RequestWords {
    private static final Pattern AMOUNT = Pattern.compile("[0-9][0-9_]*");
    private static final Pattern ATTRIBUTE =
            Pattern.compile("(actor|resource|request)\\.([^=:]+)(?::([a-z]+))?=(.*)", Pattern.DOTALL);
    private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]{1,18}");
    private static final Pattern DECIMAL = Pattern.compile("[+-]?[0-9]+\\.[0-9]+([eE][+-]?[0-9]+)?");

    private RequestWords() {}

    static void action(
            DecisionRequestBuilder request,
            @Nullable String action,
            @Nullable String product,
            @Nullable String resourceType) {
        if (action == null) {
            throw CommandFailure.usage(
                    "what is to be done? Give --action PRODUCT/RESOURCE_TYPE/ACTION (llm/model/invoke)");
        }
        final String[] parts = action.split("/", -1);
        if (parts.length == 3 && product == null && resourceType == null) {
            request.action(parts[0], parts[1], parts[2]);
        } else if (parts.length == 1 && product != null && resourceType != null) {
            request.action(product, resourceType, action);
        } else {
            throw CommandFailure.usage("--action '" + action
                    + "' is not PRODUCT/RESOURCE_TYPE/ACTION (llm/model/invoke); or give --product, --resource-type and"
                    + " the action alone");
        }
    }

    static void usage(DecisionRequestBuilder request, String text) {
        final Usage usage = usage(text);
        request.usage(usage.getAmount(), usage.getUnit());
    }

    /** {@return an amount of a unit, as flags say it} */
    static Usage usage(String usage) {
        final int colon = usage.indexOf(':');
        final String amount = colon < 0 ? "" : usage.substring(0, colon);
        if (!AMOUNT.matcher(amount).matches() || colon == usage.length() - 1) {
            throw CommandFailure.usage("--usage '" + usage + "' is not AMOUNT:UNIT, for instance 1000:input_token");
        }
        try {
            return Usage.newBuilder()
                    .setAmount(Long.parseLong(amount.replace("_", "")))
                    .setUnit(usage.substring(colon + 1))
                    .build();
        } catch (NumberFormatException e) {
            throw CommandFailure.usage("--usage '" + usage + "' is more than fits, at most " + Long.MAX_VALUE);
        }
    }

    static void attribute(DecisionRequestBuilder request, String attribute) {
        final Matcher form = ATTRIBUTE.matcher(attribute);
        if (!form.matches()) {
            throw CommandFailure.usage(
                    "--attr '" + attribute
                            + "' is not actor.NAME=VALUE, resource.NAME=VALUE or request.NAME=VALUE, for instance resource.region=eu-1");
        }
        final Object value = value(attribute, form.group(3), form.group(4));
        switch (form.group(1)) {
            case "actor" -> request.actorAttribute(form.group(2), value);
            case "resource" -> request.resourceAttribute(form.group(2), value);
            default -> request.requestAttribute(form.group(2), value);
        }
    }

    static void currentUsage(DecisionRequestBuilder request, String reading) {
        final int equals = reading.indexOf('=');
        final String value = equals < 0 ? "" : reading.substring(equals + 1);
        if (equals <= 0 || !AMOUNT.matcher(value).matches()) {
            throw CommandFailure.usage(
                    "--current-usage '" + reading + "' is not DIMENSION=VALUE, for instance gpu.concurrent=7");
        }
        try {
            request.currentUsage(reading.substring(0, equals), Long.parseLong(value.replace("_", "")));
        } catch (NumberFormatException e) {
            throw CommandFailure.usage(
                    "--current-usage '" + reading + "' is more than fits, at most " + Long.MAX_VALUE);
        }
    }

    /** Without a type: whole numbers, decimals, true and false are what they look like, all else is text. */
    private static Object value(String attribute, @Nullable String type, String text) {
        try {
            return switch (type == null ? guess(text) : type) {
                case "string" -> text;
                case "int" -> Long.parseLong(text);
                case "double" -> Double.parseDouble(text);
                case "bool" -> bool(text);
                case "time" -> Instant.parse(text);
                case "list" -> List.of(text.split(",", -1));
                default ->
                    throw CommandFailure.usage("--attr '" + attribute + "' has type " + type
                            + "; there are string, int, double, bool, time (2026-12-01T00:00:00Z) and list (a,b,c)");
            };
        } catch (NumberFormatException | DateTimeParseException e) {
            throw CommandFailure.usage("--attr '" + attribute + "': '" + text + "' is not of type " + type);
        }
    }

    private static String guess(String text) {
        if (INTEGER.matcher(text).matches()) {
            return "int";
        } else if (DECIMAL.matcher(text).matches()) {
            return "double";
        }
        return text.equals("true") || text.equals("false") ? "bool" : "string";
    }

    private static boolean bool(String text) {
        if (!text.equals("true") && !text.equals("false")) {
            throw new NumberFormatException(text);
        }
        return text.equals("true");
    }
}
