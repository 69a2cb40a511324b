/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.service;

import io.grpc.Status;
import io.grpc.StatusException;
import io.tollgate.v1.PullDeltasRequest;
import io.tollgate.v1.SidecarIdentity;
import io.tollgate.v1.SidecarStatus;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which sidecars have been here lately. The oldest are forgotten when there are too many. Any thread. */
public final class SidecarTable {
    static final int MAX_SIDECARS = 10_000;
    private static final int MAX_ID_BYTES = 256;

    private final InstantSource clock;
    private final Map<String, SidecarStatus> byId = new LinkedHashMap<>(16, 0.75f, true);

    /** An empty table. */
    public SidecarTable(InstantSource clock) {
        this.clock = clock;
    }

    /** Refuses who does not say who they are. */
    static void check(SidecarIdentity sidecar) throws StatusException {
        if (sidecar.getSidecarId().isEmpty()) {
            throw Status.INVALID_ARGUMENT
                    .withDescription("sidecar.sidecar_id is empty: every sidecar says who it is")
                    .asException();
        }
        for (String text : List.of(sidecar.getSidecarId(), sidecar.getBootId(), sidecar.getBuild())) {
            if (text.getBytes(StandardCharsets.UTF_8).length > MAX_ID_BYTES) {
                throw Status.INVALID_ARGUMENT
                        .withDescription("a text of the sidecar's identity has more than " + MAX_ID_BYTES + " bytes")
                        .asException();
            }
        }
    }

    /** Notes a visit that says nothing about what is installed. */
    synchronized void seen(SidecarIdentity sidecar, String bundle) {
        SidecarStatus before = byId.getOrDefault(sidecar.getSidecarId(), SidecarStatus.getDefaultInstance());
        put(sidecar, before.toBuilder().setBundle(bundle));
    }

    /**
     * Notes a visit and what is installed.
     *
     * @return whether it had exactly that when it asked before, and deltas did not take it further
     */
    synchronized boolean seen(PullDeltasRequest request, String bundle) {
        SidecarStatus before =
                byId.getOrDefault(request.getSidecar().getSidecarId(), SidecarStatus.getDefaultInstance());
        put(
                request.getSidecar(),
                SidecarStatus.newBuilder()
                        .setBundle(bundle)
                        .setEpoch(request.getEpoch())
                        .setSnapshotVersion(request.getSnapshotVersion())
                        .setDeltaSequence(request.getDeltaSequence()));
        return before.getBootId().equals(request.getSidecar().getBootId())
                && before.getBundle().equals(bundle)
                && before.getEpoch() == request.getEpoch()
                && before.getSnapshotVersion() == request.getSnapshotVersion()
                && before.getDeltaSequence() == request.getDeltaSequence();
    }

    private void put(SidecarIdentity sidecar, SidecarStatus.Builder status) {
        byId.put(
                sidecar.getSidecarId(),
                status.setSidecarId(sidecar.getSidecarId())
                        .setBootId(sidecar.getBootId())
                        .setBuild(sidecar.getBuild())
                        .setLastSeenAtMs(clock.millis())
                        .build());
        if (byId.size() > MAX_SIDECARS) {
            byId.remove(byId.keySet().iterator().next());
        }
    }

    /** {@return all of them, by id} */
    synchronized List<SidecarStatus> list() {
        List<SidecarStatus> all = new ArrayList<>(byId.values());
        all.sort(Comparator.comparing(SidecarStatus::getSidecarId));
        return all;
    }
}
