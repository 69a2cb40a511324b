/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.diff;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.tollgate.cli.render.Human;
import io.tollgate.cli.render.Words;
import io.tollgate.v1.AttributeValue;
import io.tollgate.v1.ScopeRef;
import java.math.BigDecimal;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Any record as field names and texts, by its descriptor: so that a field that is added to the format later is compared and shown without
 * anybody thinking of it here. What is unset says nothing.
 */
final class FieldTexts {
    /** Where in the sources it stands; moves when a line is added above. */
    static final String SOURCE = "source";

    private static final int DIGEST_BYTES = 6;
    private static final Set<String> MONEY = Set.of("amount", "remaining", "pending", "below");

    private final Names names;

    FieldTexts(Names names) {
        this.names = names;
    }

    /** Texts by name, without the named fields. */
    Map<String, String> of(Message message, Set<String> without) {
        Map<String, String> texts = new TreeMap<>();
        message.getAllFields().forEach((field, value) -> {
            if (!without.contains(field.getName())) {
                put(field, value, texts);
            }
        });
        return texts;
    }

    private void put(FieldDescriptor field, Object value, Map<String, String> texts) {
        if (field.isRepeated() && !field.isMapField() && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
            int place = 0;
            for (Object element : (List<?>) value) {
                Message part = (Message) element;
                place++;
                FieldDescriptor id = part.getDescriptorForType().findFieldByName("id");
                String key = id == null ? Integer.toString(place) : String.valueOf(part.getField(id));
                texts.put(name(field) + " " + key, text(part, Set.of("id", SOURCE)));
                source(part, texts);
            }
        } else {
            texts.put(name(field), value(field, value));
            if (value instanceof Message part) {
                source(part, texts);
            }
        }
    }

    /** Places in the sources go to one field, wherever in the record they stand. */
    private static void source(Message part, Map<String, String> texts) {
        FieldDescriptor source = part.getDescriptorForType().findFieldByName(SOURCE);
        if (source != null && !String.valueOf(part.getField(source)).isEmpty()) {
            texts.merge(SOURCE, String.valueOf(part.getField(source)), (one, other) -> one + " " + other);
        }
    }

    /** "limit 600, burst 10" */
    private String text(Message message, Set<String> without) {
        if (message instanceof AttributeValue attribute) {
            return Words.attribute(attribute);
        }
        if (message instanceof ScopeRef scope) {
            return Words.scope(scope);
        }
        return of(message, without).entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", "));
    }

    private String value(FieldDescriptor field, Object value) {
        if (field.isMapField()) {
            return map((List<?>) value);
        }
        if (field.isRepeated()) {
            List<String> texts = new ArrayList<>();
            ((List<?>) value).forEach(element -> texts.add(single(field, element)));
            return String.join(", ", field.getName().equals("tranche_order") ? texts : new TreeSet<>(texts));
        }
        return single(field, value);
    }

    private String map(List<?> entries) {
        Map<String, String> sorted = new TreeMap<>();
        for (Object element : entries) {
            Message entry = (Message) element;
            Object value = entry.getField(entry.getDescriptorForType().findFieldByName("value"));
            sorted.put(
                    String.valueOf(entry.getField(entry.getDescriptorForType().findFieldByName("key"))),
                    value instanceof Message message ? text(message, Set.of()) : String.valueOf(value));
        }
        return sorted.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining(", "));
    }

    private String single(FieldDescriptor field, Object value) {
        if (value instanceof Message message) {
            return text(message, Set.of(SOURCE));
        } else if (value instanceof EnumValueDescriptor constant) {
            return word(constant);
        } else if (value instanceof ByteString bytes) {
            return "digest " + digest(bytes);
        } else if (value instanceof Number number) {
            return number(field.getName(), number.longValue());
        }
        return String.valueOf(value);
    }

    private String number(String field, long value) {
        return switch (field) {
            case "dimension_id" -> names.dimension((int) value);
            case "unit_id", "base_unit_id", "accepted_unit_ids" -> names.unit((int) value);
            case "only_unit_ref" -> names.unit((int) value - 1);
            case "feature_id" -> names.feature((int) value);
            case "feature_ref" -> names.feature((int) value - 1);
            case "operation_ids" -> names.operation((int) value);
            case "anchor_ms", "period_end_ms" -> Human.instant(value);
            default -> {
                if (field.endsWith("_at_ms")) {
                    yield Human.instant(value);
                } else if (field.endsWith("_ms")) {
                    yield Human.durationMs(value);
                } else if (MONEY.contains(field)) {
                    yield BigDecimal.valueOf(value, names.moneyScale()).toPlainString();
                }
                yield Human.number(value);
            }
        };
    }

    /** "ENFORCEMENT_HARD" is "hard". */
    private static String word(EnumValueDescriptor constant) {
        String prefix = constant.getType()
                        .getName()
                        .replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_")
                        .toUpperCase(Locale.ROOT)
                + "_";
        String name = constant.getName();
        return (name.startsWith(prefix) ? name.substring(prefix.length()) : name)
                .toLowerCase(Locale.ROOT)
                .replace('_', ' ');
    }

    /** "expires_at_ms" is "expires". */
    private static String name(FieldDescriptor field) {
        return field.getName().replaceAll("(_at)?_ms$|_ids?$|_ref$", "").replace('_', ' ');
    }

    private static String digest(ByteString bytes) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray());
            return HexFormat.of().formatHex(digest, 0, DIGEST_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform must have SHA-256", e);
        }
    }
}
