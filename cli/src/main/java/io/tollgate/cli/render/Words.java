/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.render;

import com.google.protobuf.ProtocolMessageEnum;
import io.tollgate.v1.Actor;
import io.tollgate.v1.AttributeValue;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.Place;
import io.tollgate.v1.Reason;
import io.tollgate.v1.ScopeRef;
import io.tollgate.v1.Target;
import io.tollgate.v1.Usage;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Protocol values in the words of the product. */
public final class Words {
    private Words() {}

    /** The name without its type: REASON_OK is "OK". What this program does not know is "?". */
    public static String of(ProtocolMessageEnum value) {
        final String name = ((Enum<?>) value).name();
        if (name.equals("UNRECOGNIZED")) {
            return "?";
        }
        final String prefix = prefix(value);
        return name.startsWith(prefix) ? name.substring(prefix.length()) : name;
    }

    public static String lower(ProtocolMessageEnum value) {
        return of(value).toLowerCase(Locale.ROOT);
    }

    /** "QUOTA_EXHAUSTED"; the number where this program does not know it. */
    public static String reason(DecideResponse response) {
        return response.getReason() == Reason.UNRECOGNIZED
                ? "reason " + response.getReasonValue()
                : of(response.getReason());
    }

    public static String scope(ScopeRef scope) {
        return scope.getPath().isEmpty() ? lower(scope.getLevel()) : scope.getPath();
    }

    public static String actor(Actor actor) {
        return actor.getId().isEmpty() ? "the API key" : actor.getType() + ":" + actor.getId();
    }

    public static String action(Target target) {
        return target.getProduct() + "/" + target.getResourceType() + "/" + target.getAction();
    }

    /** "acme/research/rag"; empty when the request names no place. */
    public static String place(Place place) {
        return List.of(place.getOrganization(), place.getDepartment(), place.getProject()).stream()
                .filter(name -> !name.isEmpty())
                .collect(Collectors.joining("/"));
    }

    public static String usages(List<Usage> usages) {
        return usages.stream()
                .map(usage -> Human.number(usage.getAmount()) + " " + usage.getUnit())
                .collect(Collectors.joining(", "));
    }

    /** "llm/model/invoke on large (1,200 token) in acme/rag" */
    public static String deed(DecideRequest request) {
        final StringBuilder deed = new StringBuilder(action(request.getTarget()));
        if (!request.getTarget().getResourceId().isEmpty()) {
            deed.append(" on ").append(request.getTarget().getResourceId());
        }
        if (request.getUsageCount() > 0) {
            deed.append(" (").append(usages(request.getUsageList())).append(')');
        }
        final String place = place(request.getPlace());
        if (!place.isEmpty()) {
            deed.append(" in ").append(place);
        }
        return deed.toString();
    }

    public static String attribute(AttributeValue value) {
        return switch (value.getValueCase()) {
            case STRING_VALUE -> value.getStringValue();
            case INT_VALUE -> Human.number(value.getIntValue());
            case DOUBLE_VALUE -> Double.toString(value.getDoubleValue());
            case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
            case TIMESTAMP_MS -> Human.instant(value.getTimestampMs());
            case STRING_LIST -> String.join(", ", value.getStringList().getValuesList());
            case VALUE_NOT_SET -> "";
        };
    }

    /** buf's naming rule: every value begins with the name of its enum. */
    private static String prefix(ProtocolMessageEnum value) {
        return value.getDescriptorForType()
                        .getName()
                        .replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_")
                        .toUpperCase(Locale.ROOT)
                + "_";
    }
}
