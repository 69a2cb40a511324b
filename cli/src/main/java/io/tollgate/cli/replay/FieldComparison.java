/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.replay;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import io.tollgate.v1.DecideResponse;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Compares two answers field by field, whatever fields there are; of some it compares only whether they are there, since no replay can make
 * them again.
 */
final class FieldComparison {
    private final Set<String> byPresence;
    private final List<FieldDifference> differences = new ArrayList<>();
    private final Set<String> present = new LinkedHashSet<>();

    /** @param byPresence fields of which only the presence is compared, as {@link FieldDifference#field} */
    FieldComparison(Set<String> byPresence) {
        this.byPresence = byPresence;
    }

    FieldComparison compare(DecideResponse recorded, DecideResponse replayed) {
        messages(
                "",
                recorded.toBuilder().clearExplanation().build(),
                replayed.toBuilder().clearExplanation().build());
        return this;
    }

    /** {@return what differs, in the order of the fields' numbers} */
    List<FieldDifference> differences() {
        return differences;
    }

    /** {@return the fields that both have and of which nothing more was compared} */
    List<String> comparedByPresence() {
        return List.copyOf(present);
    }

    private void messages(String path, Message recorded, Message replayed) {
        for (FieldDescriptor field : recorded.getDescriptorForType().getFields()) {
            final String name = path.isEmpty() ? field.getJsonName() : path + "." + field.getJsonName();
            if (field.isMapField()) {
                maps(name, recorded, replayed, field);
            } else if (field.isRepeated()) {
                lists(name, recorded, replayed, field);
            } else {
                single(name, recorded, replayed, field);
            }
        }
    }

    private void single(String name, Message recorded, Message replayed, FieldDescriptor field) {
        if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
            final boolean inRecorded = recorded.hasField(field);
            final boolean inReplayed = replayed.hasField(field);
            if (inRecorded && inReplayed) {
                messages(name, (Message) recorded.getField(field), (Message) replayed.getField(field));
            } else if (inRecorded || inReplayed) {
                differ(
                        name,
                        inRecorded ? text(field, recorded.getField(field)) : "",
                        inReplayed ? text(field, replayed.getField(field)) : "");
            }
            return;
        }
        values(name, field, recorded.getField(field), replayed.getField(field));
    }

    private void values(String name, FieldDescriptor field, Object recorded, Object replayed) {
        if (recorded.equals(replayed)) {
            return;
        }
        final Object absent = field.isRepeated() ? "" : field.getDefaultValue();
        if (byPresence.contains(name) && !recorded.equals(absent) && !replayed.equals(absent)) {
            present.add(name);
        } else {
            differ(name, text(field, recorded), text(field, replayed));
        }
    }

    private void lists(String name, Message recorded, Message replayed, FieldDescriptor field) {
        final int first = recorded.getRepeatedFieldCount(field);
        final int second = replayed.getRepeatedFieldCount(field);
        for (int i = 0; i < Math.max(first, second); i++) {
            final String at = name + "[" + i + "]";
            final @Nullable Object one = i < first ? recorded.getRepeatedField(field, i) : null;
            final @Nullable Object other = i < second ? replayed.getRepeatedField(field, i) : null;
            if (one == null || other == null) {
                differ(at, one == null ? "" : text(field, one), other == null ? "" : text(field, other));
            } else if (one instanceof Message message) {
                messages(at, message, (Message) other);
            } else {
                values(at, field, one, other);
            }
        }
    }

    /** Entries of a map have no order. */
    private void maps(String name, Message recorded, Message replayed, FieldDescriptor field) {
        final Set<String> one = entries(recorded, field);
        final Set<String> other = entries(replayed, field);
        if (!one.equals(other)) {
            differ(name, String.join(", ", one), String.join(", ", other));
        }
    }

    private static Set<String> entries(Message message, FieldDescriptor field) {
        final Set<String> entries = new TreeSet<>();
        for (int i = 0; i < message.getRepeatedFieldCount(field); i++) {
            entries.add(text(field, message.getRepeatedField(field, i)));
        }
        return entries;
    }

    private void differ(String name, String recorded, String replayed) {
        differences.add(new FieldDifference(name, recorded, replayed));
    }

    private static String text(FieldDescriptor field, Object value) {
        return value instanceof Message message
                ? "{"
                        + TextFormat.printer()
                                .emittingSingleLine(true)
                                .printToString(message)
                                .strip() + "}"
                : field.getType() == FieldDescriptor.Type.ENUM ? value.toString() : String.valueOf(value);
    }
}
