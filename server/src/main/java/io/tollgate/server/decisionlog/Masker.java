/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decisionlog;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.tollgate.v1.Actor;
import io.tollgate.v1.AttributeValue;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DecisionLogEntry;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Leaves out of an entry what the configuration names, and of an API key everything but the first bytes of its hash. What was left out of
 * the question is also struck from the answer's texts (message, scope paths, subjects, correlation id). Belongs to the log's thread.
 */
final class Masker {
    /** Of an API key's SHA-256: enough to find the key in a snapshot, too little to ask with. */
    static final int HASH_PREFIX_BYTES = 8;

    private static final String STRUCK = "***";
    private static final String ATTRIBUTES = "attributes.";
    private static final String ACTOR_ATTRIBUTES = "actor.attributes.";
    private static final String RESOURCE_ATTRIBUTES = "resource_attributes.";

    private final List<String> names;
    private final MessageDigest sha256;

    /**
     * @param names see {@link io.tollgate.server.config.MaskNames}
     */
    Masker(final List<String> names) {
        this.names = names;
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    void mask(final DecisionLogEntry.Builder entry) {
        final DecideRequest.Builder request = entry.hasRequest() ? entry.getRequestBuilder() : null;
        final DecideRequest.Builder extended =
                entry.hasReadings() && entry.getReadings().hasExtended()
                        ? entry.getReadingsBuilder().getExtendedBuilder()
                        : null;
        hideKey(request);
        hideKey(extended);
        final List<String> secrets = new ArrayList<>();
        for (final String name : names) {
            boolean found = request != null && maskRequest(request, name, secrets);
            found |= extended != null && maskRequest(extended, name, secrets);
            found |= entry.hasExtend() && maskExtend(entry, name, secrets);
            if (found) {
                entry.addMasked(name);
            }
        }
        if (!secrets.isEmpty()) {
            secrets.sort(Comparator.comparingInt(String::length).reversed());
            entry.setResponse((DecideResponse) struck(entry.getResponse(), secrets));
        }
    }

    private void hideKey(final DecideRequest.@Nullable Builder request) {
        if (request == null || !request.hasActor()) {
            return;
        }
        final Actor actor = request.getActor();
        if (actor.getApiKey().isEmpty() && actor.getApiKeySha256().isEmpty()) {
            return;
        }
        final byte[] hash = actor.getApiKey().isEmpty()
                ? actor.getApiKeySha256().toByteArray()
                : sha256.digest(actor.getApiKey().getBytes(StandardCharsets.UTF_8));
        request.getActorBuilder()
                .clearApiKey()
                .setApiKeySha256(ByteString.copyFrom(hash, 0, Math.min(hash.length, HASH_PREFIX_BYTES)));
    }

    private static boolean maskExtend(
            final DecisionLogEntry.Builder entry, final String name, final List<String> secrets) {
        if (!name.equals("idempotency_key")) {
            return false;
        }
        final String key = entry.getExtend().getIdempotencyKey();
        entry.getExtendBuilder().clearIdempotencyKey();
        return noted(key, secrets);
    }

    private static boolean maskRequest(
            final DecideRequest.Builder request, final String name, final List<String> secrets) {
        if (name.startsWith(ATTRIBUTES)) {
            final var kept = withoutAttribute(request.getAttributesMap(), name.substring(ATTRIBUTES.length()), secrets);
            if (kept == null) {
                return false;
            }
            request.clearAttributes().putAllAttributes(kept);
            return true;
        }
        if (name.startsWith(ACTOR_ATTRIBUTES)) {
            final var kept = withoutAttribute(
                    request.getActor().getAttributesMap(), name.substring(ACTOR_ATTRIBUTES.length()), secrets);
            if (kept == null) {
                return false;
            }
            request.getActorBuilder().clearAttributes().putAllAttributes(kept);
            return true;
        }
        if (name.startsWith(RESOURCE_ATTRIBUTES)) {
            final var kept = withoutAttribute(
                    request.getTarget().getResourceAttributesMap(),
                    name.substring(RESOURCE_ATTRIBUTES.length()),
                    secrets);
            if (kept == null) {
                return false;
            }
            request.getTargetBuilder().clearResourceAttributes().putAllResourceAttributes(kept);
            return true;
        }
        return maskField(request, name, secrets);
    }

    private static @Nullable Map<String, AttributeValue> withoutAttribute(
            final Map<String, AttributeValue> all, final String name, final List<String> secrets) {
        final boolean every = name.equals("*");
        if (every ? all.isEmpty() : !all.containsKey(name)) {
            return null;
        }
        final Map<String, AttributeValue> kept = new java.util.HashMap<>(all);
        for (final Map.Entry<String, AttributeValue> attribute : all.entrySet()) {
            if (every || attribute.getKey().equals(name)) {
                noteTexts(attribute.getValue(), secrets);
                kept.remove(attribute.getKey());
            }
        }
        return kept;
    }

    private static void noteTexts(final AttributeValue value, final List<String> secrets) {
        noted(value.getStringValue(), secrets);
        value.getStringList().getValuesList().forEach(text -> noted(text, secrets));
        if (value.hasIntValue()) {
            secrets.add(Long.toString(value.getIntValue()));
        }
    }

    /** The field of that dotted name, cleared; {@return whether there was something in it}. */
    private static boolean maskField(final Message.Builder from, final String name, final List<String> secrets) {
        final int dot = name.indexOf('.');
        final FieldDescriptor field =
                from.getDescriptorForType().findFieldByName(dot < 0 ? name : name.substring(0, dot));
        if (field == null) {
            throw new IllegalStateException(
                    name + " is no field of " + from.getDescriptorForType().getFullName());
        }
        if (dot >= 0) {
            return from.hasField(field) && maskField(from.getFieldBuilder(field), name.substring(dot + 1), secrets);
        }
        boolean found = false;
        if (field.isRepeated()) {
            for (final Object item : (List<?>) from.getField(field)) {
                found |= item instanceof Message || noted(String.valueOf(item), secrets);
            }
        } else {
            found = noted((String) from.getField(field), secrets);
        }
        from.clearField(field);
        if (name.equals("api_key")) {
            final FieldDescriptor hash = from.getDescriptorForType().findFieldByName("api_key_sha256");
            found |= !((ByteString) from.getField(hash)).isEmpty();
            from.clearField(hash);
        }
        return found;
    }

    private static boolean noted(final String secret, final List<String> secrets) {
        if (!secret.isEmpty()) {
            secrets.add(secret);
        }
        return !secret.isEmpty();
    }

    /** {@return the same without the secrets in any text that may hold what the caller said} */
    private static Message struck(final Message message, final List<String> secrets) {
        Message.Builder changed = null;
        for (final Map.Entry<FieldDescriptor, Object> entry :
                message.getAllFields().entrySet()) {
            final FieldDescriptor field = entry.getKey();
            final Object before = entry.getValue();
            final Object after;
            if (before instanceof List<?> list) {
                final List<Object> items = new ArrayList<>(list.size());
                for (final Object item : list) {
                    items.add(struckValue(field, item, secrets));
                }
                after = items;
            } else {
                after = struckValue(field, before, secrets);
            }
            if (!after.equals(before)) {
                changed = changed == null ? message.toBuilder() : changed;
                changed.setField(field, after);
            }
        }
        return changed == null ? message : changed.build();
    }

    private static Object struckValue(final FieldDescriptor field, final Object value, final List<String> secrets) {
        if (value instanceof Message inner) {
            return struck(inner, secrets);
        }
        if (!(value instanceof String text) || !saysWhatWasAsked(field)) {
            return value;
        }
        String struck = text;
        for (final String secret : secrets) {
            struck = struck.replace(secret, STRUCK);
        }
        return struck;
    }

    private static boolean saysWhatWasAsked(final FieldDescriptor field) {
        return switch (field.getName()) {
            case "message", "path", "subject", "correlation_id" -> true;
            default -> false;
        };
    }
}
