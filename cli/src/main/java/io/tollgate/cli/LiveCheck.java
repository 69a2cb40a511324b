/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import io.tollgate.core.digest.StateDigest;
import io.tollgate.v1.Delta;
import io.tollgate.v1.Section;
import io.tollgate.v1.SectionDescriptor;
import io.tollgate.v1.SignedDelta;
import io.tollgate.v1.SnapshotRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Checks what a running sidecar gave against its manifest: the manifest's digest, the number of records of every section, and the
 * SHA-256 of every section whose order is that of its keys. Records of DIRECTORY travel in an order of their own, which is not kept:
 * they are counted.
 */
final class LiveCheck {
    private LiveCheck() {}

    /** {@return what does not hold; empty = all does} */
    static List<String> problems(LiveSnapshot live) throws IOException {
        final List<String> problems = new ArrayList<>();
        final byte[] digest = sha256().digest(live.signed().getManifest().toByteArray());
        if (!Arrays.equals(digest, live.signed().getSha256().toByteArray())) {
            problems.add(live.name() + ": the manifest's SHA-256 does not hold");
        }
        final SignedDelta last = live.lastDelta();
        if (last != null) {
            checkDeltas(live, last, problems);
            return problems;
        }
        if (!live.manifest().getStateDigest().isEmpty()
                && !live.manifest().getStateDigest().equals(stateDigest(live))) {
            problems.add(live.name() + ": the records do not come to the state that the manifest says");
        }
        for (final SectionDescriptor section : live.manifest().getSectionsList()) {
            final List<SnapshotRecord> records = live.records(section.getSection());
            if (records.size() != section.getRecordCount()) {
                problems.add(live.name() + ": " + section.getSection() + " has " + records.size()
                        + " records, the manifest says " + section.getRecordCount());
            } else if (section.getSection() != Section.SECTION_DIRECTORY
                    && !Arrays.equals(digest(records), section.getSha256().toByteArray())) {
                problems.add(live.name() + ": the SHA-256 of " + section.getSection() + " does not hold");
            }
        }
        return problems;
    }

    /** After deltas the sections are others than the manifest's; what they come to is what the last delta says. */
    private static void checkDeltas(LiveSnapshot live, SignedDelta last, List<String> problems) throws IOException {
        if (!Arrays.equals(
                sha256().digest(last.getDelta().toByteArray()), last.getSha256().toByteArray())) {
            problems.add(live.name() + ": the SHA-256 of the last delta does not hold");
        }
        final Delta delta = Delta.parseFrom(last.getDelta());
        if (!delta.getStateDigest().equals(stateDigest(live))) {
            problems.add(
                    live.name() + ": the records do not come to the state that delta " + delta.getSequence() + " says");
        }
    }

    private static ByteString stateDigest(LiveSnapshot live) {
        final StateDigest digest = new StateDigest();
        for (final Section section : Section.values()) {
            for (final SnapshotRecord record : live.records(section)) {
                digest.add(
                        section.getNumber(),
                        record.getKey().toByteArray(),
                        record.getValue().toByteArray());
            }
        }
        return ByteString.copyFrom(digest.toBytes());
    }

    private static byte[] digest(List<SnapshotRecord> records) throws IOException {
        final List<SnapshotRecord> sorted = new ArrayList<>(records);
        sorted.sort(Comparator.comparing(record -> record.getKey().toByteArray(), Arrays::compareUnsigned));
        final MessageDigest digest = sha256();
        for (final SnapshotRecord record : sorted) {
            final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            final CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            out.writeUInt32NoTag(record.getSerializedSize());
            record.writeTo(out);
            out.flush();
            digest.update(bytes.toByteArray());
        }
        return digest.digest();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform must have SHA-256", e);
        }
    }
}
