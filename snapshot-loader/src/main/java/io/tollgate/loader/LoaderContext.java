/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import io.tollgate.core.Plane;
import io.tollgate.loader.delta.DeltaLimits;
import io.tollgate.loader.freshness.LoaderClock;
import io.tollgate.loader.freshness.SystemDecisionClock;
import io.tollgate.loader.journal.JournalSettings;
import io.tollgate.loader.storage.Storage;
import io.tollgate.loader.transfer.ControlPlaneClient;
import io.tollgate.loader.transfer.ManifestVerifier;
import io.tollgate.loader.transfer.SnapshotVersion;
import io.tollgate.loader.transfer.TransferLimits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link SnapshotLoader} is made of. Set what differs from the defaults, then {@link #conclude()}; the loader concludes by itself.
 * Not for several threads.
 */
public final class LoaderContext {
    /** The oldest snapshot that is ever taken, also by a state directory that has seen none; by default any. */
    public LoaderContext oldestVersion(SnapshotVersion value) {
        oldestVersion = value;
        return this;
    }

    /** What to do when the live counters on disk are damaged. */
    public enum OnCorruption {
        /** Do not start: without its counters a sidecar could let through what was used up already. */
        REFUSE,
        /** Set the damaged store aside and start with every counter at zero: may over-admit up to one limit per ceiling. */
        RESET
    }

    private @Nullable Path stateDir;
    private String bundle = "default";
    private String sidecarId = "";
    private String bootId = UUID.randomUUID().toString();
    private String build = "";
    private @Nullable ControlPlaneClient client;
    private Timing timing = Timing.DEFAULT;
    private long restartGraceMs;
    private int keepPrevious = 1;
    private int workers = 1;
    private final Map<Plane, Long> maxAgeMs = new EnumMap<>(Plane.class);
    private TransferLimits limits = TransferLimits.DEFAULT;
    private DeltaLimits deltaLimits = DeltaLimits.DEFAULT;
    private @Nullable ManifestVerifier verifier;
    private SnapshotVersion oldestVersion = SnapshotVersion.NONE;
    private OnCorruption onCorruption = OnCorruption.REFUSE;
    private ActivationJudge judge = ActivationJudge.NONE;
    private @Nullable JournalSettings journal = JournalSettings.DEFAULT;
    private Storage storage = Storage.LOCAL;
    private LoaderClock clock = new SystemDecisionClock();
    private @Nullable RandomGenerator random;
    private final List<LoaderListener> listeners = new ArrayList<>();

    /**
     * Intervals and patience, all milliseconds.
     *
     * @param heartbeatMs between two questions to the control plane
     * @param answerTimeoutMs a heartbeat without an answer for so long has failed
     * @param transferIdleTimeoutMs a transfer without a message for so long has failed
     * @param firstBackoffMs wait after the first failure; doubles
     * @param longestBackoffMs it doubles up to this
     */
    public record Timing(
            long heartbeatMs,
            long answerTimeoutMs,
            long transferIdleTimeoutMs,
            long firstBackoffMs,
            long longestBackoffMs) {
        /** For a control plane in the same region. */
        public static final Timing DEFAULT = new Timing(1_000, 3_000, 10_000, 200, 15_000);

        /** Checks that every interval is positive. */
        public Timing {
            requirePositive("heartbeat interval", heartbeatMs);
            requirePositive("answer timeout", answerTimeoutMs);
            requirePositive("transfer idle timeout", transferIdleTimeoutMs);
            requirePositive("first backoff", firstBackoffMs);
            if (longestBackoffMs < firstBackoffMs) {
                throw new IllegalArgumentException("longest backoff " + longestBackoffMs
                        + " ms is shorter than the first one, " + firstBackoffMs + " ms");
            }
        }

        private static void requirePositive(String what, long valueMs) {
            if (valueMs <= 0) {
                throw new IllegalArgumentException(what + " must be at least 1 ms, is " + valueMs);
            }
        }
    }

    /** Where snapshots and counters lie; created if missing. Required. */
    public LoaderContext stateDir(Path value) {
        stateDir = value;
        return this;
    }

    /** What this sidecar subscribes to. */
    public LoaderContext bundle(String value) {
        bundle = value;
        return this;
    }

    /** The configured name of this sidecar. Required. */
    public LoaderContext sidecarId(String value) {
        sidecarId = value;
        return this;
    }

    /** New at every start; a random one unless set. */
    public LoaderContext bootId(String value) {
        bootId = value;
        return this;
    }

    /** Software version, shown to the control plane's operator. */
    public LoaderContext build(String value) {
        build = value;
        return this;
    }

    /** The transport; the loader closes it. Required. */
    public LoaderContext client(ControlPlaneClient value) {
        client = value;
        return this;
    }

    /** Intervals and patience. */
    public LoaderContext timing(Timing value) {
        timing = value;
        return this;
    }

    /** How long after a restart what is on disk counts as confirmed; milliseconds, 0 (default) = not at all. */
    public LoaderContext restartGraceMs(long value) {
        if (value < 0) {
            throw new IllegalArgumentException("restart grace must be at least 0 ms, is " + value);
        }
        restartGraceMs = value;
        return this;
    }

    /** How many snapshots before the live one stay on disk for diagnosis; default 1. */
    public LoaderContext keepPrevious(int value) {
        if (value < 0) {
            throw new IllegalArgumentException("previous snapshots to keep must be at least 0, is " + value);
        }
        keepPrevious = value;
        return this;
    }

    /** How many decision workers there will be, admin workers included: each has a slot to pin the world with. */
    public LoaderContext workers(int value) {
        if (value < 1) {
            throw new IllegalArgumentException("there must be at least 1 worker, not " + value);
        }
        workers = value;
        return this;
    }

    /** Tightens the bound of a plane; the snapshot's stays in force where it is smaller. Milliseconds. */
    public LoaderContext maxAgeMs(Plane plane, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException("max age of " + plane + " must be at least 1 ms, is " + value);
        }
        maxAgeMs.put(plane, value);
        return this;
    }

    /** How much a control plane may send. */
    public LoaderContext limits(TransferLimits value) {
        limits = value;
        return this;
    }

    /** How much deltas may bring. */
    public LoaderContext deltaLimits(DeltaLimits value) {
        deltaLimits = value;
        return this;
    }

    /** Whom to trust. Required: nobody is trusted by default. */
    public LoaderContext verifier(ManifestVerifier value) {
        verifier = value;
        return this;
    }

    /** What to do when the live counters on disk are damaged; by default refuse to start. */
    public LoaderContext onCounterCorruption(OnCorruption value) {
        onCorruption = value;
        return this;
    }

    /** Who looks at a world before it answers decisions; by default nobody. */
    public LoaderContext judge(ActivationJudge value) {
        judge = value;
        return this;
    }

    /** How usage is journaled; null = not at all. */
    public LoaderContext journal(@Nullable JournalSettings value) {
        journal = value;
        return this;
    }

    /** The disk; tests fill it up. */
    LoaderContext storage(Storage value) {
        storage = value;
        return this;
    }

    /** The decisions' clock. */
    public LoaderContext clock(LoaderClock value) {
        clock = value;
        return this;
    }

    /** Where jitter comes from. */
    public LoaderContext random(RandomGenerator value) {
        random = value;
        return this;
    }

    /** Adds somebody to tell. */
    public LoaderContext listener(LoaderListener value) {
        listeners.add(value);
        return this;
    }

    /**
     * Checks that everything required is there and fills in the rest.
     *
     * @throws IllegalArgumentException naming what is missing
     */
    public LoaderContext conclude() {
        if (stateDir == null) {
            throw new IllegalArgumentException("the loader needs a state directory");
        }
        if (client == null) {
            throw new IllegalArgumentException("the loader needs a control plane client");
        }
        if (sidecarId.isBlank()) {
            throw new IllegalArgumentException("the loader needs the sidecar's id");
        }
        if (bundle.isBlank()) {
            throw new IllegalArgumentException("the loader needs the name of a bundle");
        }
        if (verifier == null) {
            throw new IllegalArgumentException("the loader needs to know whom to trust");
        }
        if (random == null) {
            random = RandomGenerator.getDefault();
        }
        return this;
    }

    Path stateDir() {
        return Objects.requireNonNull(stateDir);
    }

    String bundle() {
        return bundle;
    }

    String sidecarId() {
        return sidecarId;
    }

    String bootId() {
        return bootId;
    }

    String build() {
        return build;
    }

    ControlPlaneClient client() {
        return Objects.requireNonNull(client);
    }

    Timing timing() {
        return timing;
    }

    long restartGraceMs() {
        return restartGraceMs;
    }

    int keepPrevious() {
        return keepPrevious;
    }

    int workers() {
        return workers;
    }

    Map<Plane, Long> maxAgeMs() {
        return maxAgeMs;
    }

    TransferLimits limits() {
        return limits;
    }

    DeltaLimits deltaLimits() {
        return deltaLimits;
    }

    ManifestVerifier verifier() {
        return Objects.requireNonNull(verifier);
    }

    SnapshotVersion oldestVersion() {
        return oldestVersion;
    }

    OnCorruption onCorruption() {
        return onCorruption;
    }

    ActivationJudge judge() {
        return judge;
    }

    @Nullable
    JournalSettings journal() {
        return journal;
    }

    Storage storage() {
        return storage;
    }

    LoaderClock clock() {
        return clock;
    }

    RandomGenerator random() {
        return Objects.requireNonNull(random);
    }

    List<LoaderListener> listeners() {
        return List.copyOf(listeners);
    }
}
