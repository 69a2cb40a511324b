/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.delta;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import com.google.protobuf.UnsafeByteOperations;
import io.tollgate.control.compiler.CompiledBundle;
import io.tollgate.core.digest.StateDigest;
import io.tollgate.v1.DeltaChange;
import io.tollgate.v1.ScopeRecord;
import io.tollgate.v1.Section;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Compares what is published with what was compiled, record by record, and judges whether a sidecar can patch what it has.
 *
 * <p>A change is <em>local</em> when it changes only the rows of the scopes whose records it changes. It is not when it changes the
 * registry (every compiled rule counts on its numbers), or what descendants' rows hold copies of: a scope's level, parent, owner, bound
 * project, key hash, plan, whether it has a subscription, or the EACH ceilings of a scope that has descendants.
 *
 * <p>Used once, by one thread. The table stays as it is.
 */
public final class Comparison {
    /** Room in a delta for all but its changes: identity, digests, times. */
    private static final int ENVELOPE_BYTES = 4 << 10;

    private final RecordTable published;
    private final StateDigest digest;
    private final BitSet seen = new BitSet();
    private final List<DeltaChange> changes = new ArrayList<>();
    private final Set<String> eachChanged = new HashSet<>();
    private byte[] buffer = new byte[4 << 10];
    private int changedRecords;
    private long bytes;
    private String whole = "";

    private Comparison(RecordTable published) {
        this.published = published;
        this.digest = new StateDigest(published.stateDigest().toByteArray());
    }

    /** {@return what changed} */
    public static ChangeSet of(RecordTable published, CompiledBundle compiled) throws IOException {
        Comparison comparison = new Comparison(published);
        compiled.forEachRecord(comparison::visit);
        comparison.removals();
        comparison.judgeEach(compiled.scopes());
        boolean local = comparison.whole.isEmpty();
        return new ChangeSet(
                comparison.changedRecords,
                local ? comparison.changes : List.of(),
                comparison.whole,
                ByteString.copyFrom(comparison.digest.toBytes()));
    }

    private void visit(Section section, String keyText, MessageLite value) throws IOException {
        byte[] key = keyText.getBytes(StandardCharsets.UTF_8);
        int length = serialize(value);
        byte[] hash = digest.recordHash(section.getNumber(), key, buffer, 0, length);
        int index = published.find(section.getNumber(), key);
        if (index >= 0) {
            seen.set(index);
            if (published.hasHash(index, hash)) {
                return;
            }
            digest.removeHash(published.hash(index));
            judge(section, keyText, value, index);
        }
        digest.addHash(hash);
        add(DeltaChange.newBuilder()
                .setSection(section)
                .setKey(UnsafeByteOperations.unsafeWrap(key))
                .setValue(ByteString.copyFrom(buffer, 0, length)));
    }

    private int serialize(MessageLite value) throws IOException {
        int length = value.getSerializedSize();
        if (buffer.length < length) {
            buffer = new byte[Math.max(length, 2 * buffer.length)];
        }
        CodedOutputStream out = CodedOutputStream.newInstance(buffer, 0, length);
        out.useDeterministicSerialization();
        value.writeTo(out);
        out.flush();
        return length;
    }

    private void judge(Section section, String key, MessageLite value, int index) throws IOException {
        if (section == Section.SECTION_REGISTRY) {
            refuse("the registry has changed");
        } else if (value instanceof ScopeRecord scope) {
            if (ScopeShape.structure(scope) != published.structure(index)) {
                refuse("the place of scope " + key
                        + " has changed (parent, owner, project, key, plan or subscription)");
            } else if (ScopeShape.each(scope) != published.each(index)) {
                eachChanged.add(key);
            }
        }
    }

    /** Leaves first: what came later never has anything below it that came earlier. */
    private void removals() {
        List<Integer> gone = new ArrayList<>();
        for (int i = published.end() - 1; i >= 0; i--) {
            if (published.isLive(i) && !seen.get(i)) {
                digest.removeHash(published.hash(i));
                gone.add(i);
            }
        }
        gone.sort(Comparator.comparing(i -> -published.section(i))); // Stable.
        for (int i : gone) {
            add(DeltaChange.newBuilder()
                    .setSectionValue(published.section(i))
                    .setKey(UnsafeByteOperations.unsafeWrap(published.key(i)))
                    .setRemove(true));
        }
    }

    private void add(DeltaChange.Builder builder) {
        DeltaChange change = builder.build();
        changedRecords++;
        int size = change.getSerializedSize();
        bytes += CodedOutputStream.computeTagSize(DeltaChange.VALUE_FIELD_NUMBER)
                + CodedOutputStream.computeUInt32SizeNoTag(size)
                + size;
        if (changedRecords > ChangeSet.MAX_CHANGES) {
            refuse("more than " + ChangeSet.MAX_CHANGES + " records have changed");
        } else if (bytes > ChangeSet.MAX_BYTES - ENVELOPE_BYTES) {
            refuse("the changed records have more than " + (ChangeSet.MAX_BYTES - ENVELOPE_BYTES) + " bytes");
        }
        if (whole.isEmpty()) {
            changes.add(change);
        } else {
            changes.clear();
        }
    }

    private void judgeEach(List<ScopeRecord> scopes) {
        if (eachChanged.isEmpty() || !whole.isEmpty()) {
            return;
        }
        for (ScopeRecord scope : scopes) {
            for (String above : List.of(
                    scope.getParentPath(),
                    scope.getOwnerPath(),
                    scope.getBoundProjectPath(),
                    scope.getSubscription().getPlanPath())) {
                if (eachChanged.contains(above)) {
                    refuse("limits of " + above + " that each scope below it has for itself have changed");
                    return;
                }
            }
        }
    }

    private void refuse(String why) {
        if (whole.isEmpty()) {
            whole = why;
        }
    }
}
