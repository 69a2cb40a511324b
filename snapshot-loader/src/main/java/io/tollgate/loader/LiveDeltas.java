/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.tollgate.core.world.World;
import io.tollgate.loader.delta.BaseRecords;
import io.tollgate.loader.delta.DeltaCheck;
import io.tollgate.loader.delta.DeltaLog;
import io.tollgate.loader.delta.DeltaRefusedException;
import io.tollgate.loader.delta.DeltaRefusedException.Cause;
import io.tollgate.loader.delta.DeltaState;
import io.tollgate.loader.delta.RecordKey;
import io.tollgate.loader.delta.VerifiedDelta;
import io.tollgate.loader.install.DeltaBuild;
import io.tollgate.loader.install.InstallContext;
import io.tollgate.loader.install.InstalledRecords;
import io.tollgate.loader.install.InstalledSnapshot;
import io.tollgate.loader.transfer.RefusedException;
import io.tollgate.loader.transfer.SnapshotVersion;
import io.tollgate.loader.transfer.VerifiedManifest;
import io.tollgate.v1.SignedDelta;
import io.tollgate.v1.SnapshotManifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The deltas on top of the active snapshot, in memory and in its folder. Loader's thread only.
 *
 * <p>What is in force is always what state, log and the active world say together: the log comes first, then the world, then the state; a
 * crash in between leaves a log that the next start reads.
 */
final class LiveDeltas implements AutoCloseable {
    private static final System.Logger LOG = Loggers.LOADER;

    private final InstallContext context;
    private final DeltaCheck check;
    /** One delta for each key that has signed any: whether they are still trusted. */
    private final Map<String, SignedDelta> signers = new HashMap<>();

    private @Nullable InstalledSnapshot base;
    private DeltaState state = DeltaState.of(SnapshotManifest.getDefaultInstance());
    private @Nullable SignedDelta last;
    private @Nullable InstalledRecords records;
    private @Nullable DeltaLog log;
    private long logBytes;
    private String damage = "";

    LiveDeltas(InstallContext context, DeltaCheck check) {
        this.context = context;
        this.check = check;
    }

    DeltaState state() {
        return state;
    }

    /** The last delta on top of the snapshot; null = none. */
    @Nullable
    SignedDelta last() {
        return last;
    }

    DeltaCheck check() {
        return check;
    }

    /** What of deltas.log was cut off at the start, and why; empty = nothing. */
    String damage() {
        return damage;
    }

    // ---- at the start

    /**
     * Takes over what a former run left in a folder: the deltas up to the first that is damaged, no longer trusted, or does not follow.
     *
     * @param found open, not active; its world is closed when another one takes its place
     * @return the world to activate
     */
    World recover(InstalledSnapshot found) {
        adopt(found, DeltaState.of(found.manifest().manifest()), null, 0);
        DeltaLog.Content content;
        try {
            content = DeltaLog.read(found.folder());
        } catch (IOException e) {
            say("cannot be read: " + Causes.of(e));
            return found.world();
        }
        if (!content.damage().isEmpty()) {
            say(content.damage());
        }
        Map<RecordKey, Optional<ByteString>> read = new HashMap<>();
        List<Replayed> deltas = new ArrayList<>();
        for (DeltaLog.Frame frame : content.frames()) {
            if (frame instanceof DeltaLog.RecordFrame kept) {
                read.putIfAbsent(kept.key(), kept.value());
            } else if (frame instanceof DeltaLog.DeltaFrame kept) {
                deltas.add(new Replayed(kept.signed(), kept.end()));
            }
        }
        return deltas.isEmpty() ? found.world() : replay(found, deltas, read);
    }

    private record Replayed(ByteString signed, long end) {}

    private World replay(InstalledSnapshot found, List<Replayed> deltas, Map<RecordKey, Optional<ByteString>> read) {
        BaseRecords installed = records();
        BaseRecords known = key -> {
            Optional<ByteString> kept = read.get(key);
            return kept == null ? installed.find(key) : kept.orElse(null);
        };
        DeltaBuild build = new DeltaBuild(context, found, found.world(), null, state, known);
        long end = 0;
        try {
            for (Replayed delta : deltas) {
                VerifiedDelta verified = check.check(SignedDelta.parseFrom(delta.signed()));
                if (verified.sequence() != build.state().sequence()) {
                    // One that is there twice was written, taken back, and written again.
                    build.add(verified);
                }
                end = delta.end();
            }
        } catch (DeltaRefusedException e) {
            say(e.reason());
        } catch (InvalidProtocolBufferException e) {
            say("a delta does not parse: " + e.getMessage());
        } catch (IOException e) {
            say("the snapshot's records cannot be read: " + Causes.of(e));
        }
        if (build.deltas().isEmpty()) {
            return found.world();
        }
        try {
            World patched = build.finish();
            adopt(found, build.state(), null, end);
            build.deltas().forEach(this::remember);
            found.world().close();
            return patched;
        } catch (DeltaRefusedException e) {
            say(e.reason());
        } catch (IOException | RuntimeException e) {
            say("its deltas cannot be applied: " + Causes.of(e));
        }
        return found.world();
    }

    private void say(String what) {
        damage = "deltas of snapshot " + (base == null ? "" : base.version()) + ": " + what;
        LOG.log(
                System.Logger.Level.WARNING,
                damage
                        + "; what follows the last whole and trusted one is cut off, and comes from the control plane again");
    }

    // ---- while running

    /** A build on top of what is active. */
    DeltaBuild begin(World active) {
        return new DeltaBuild(context, active(), active, active, state, records());
    }

    /** Makes a build's deltas last: they are on the disk afterwards. */
    void persist(DeltaBuild build) throws IOException {
        DeltaLog open = log;
        if (open == null) {
            open = DeltaLog.open(context.storage(), active().folder(), logBytes);
            log = open;
        }
        open.append(build.lookups(), build.deltas());
    }

    /** Takes back what {@link #persist(DeltaBuild)} has just written: it will not be active. */
    void takeBack() {
        if (log != null) {
            log.takeBack();
        }
    }

    /** The build's world is active. */
    void applied(DeltaBuild build) {
        state = build.state();
        build.deltas().forEach(this::remember);
    }

    private void remember(VerifiedDelta delta) {
        last = delta.signed();
        signers.putIfAbsent(delta.keyId(), delta.signed());
    }

    /**
     * Brings a snapshot that is about to be active up to what is active now: a checkpoint may be older than the deltas in force here, and
     * what is in force never goes back.
     *
     * @return null when there is nothing to bring
     * @throws DeltaRefusedException when it cannot be: its history is another one than the one here
     */
    @Nullable
    DeltaBuild catchUp(InstalledSnapshot next, InstalledRecords of, @Nullable World live)
            throws DeltaRefusedException, IOException {
        DeltaState there = DeltaState.of(next.manifest().manifest());
        if (base == null
                || there.epoch() != state.epoch()
                || Long.compareUnsigned(there.sequence(), state.sequence()) >= 0) {
            return null;
        }
        DeltaBuild build = new DeltaBuild(context, next, next.world(), live, there, of);
        for (DeltaLog.Frame frame : DeltaLog.read(active().folder()).frames()) {
            if (frame instanceof DeltaLog.DeltaFrame kept) {
                VerifiedDelta delta = check.check(SignedDelta.parseFrom(kept.signed()));
                if (Long.compareUnsigned(delta.sequence(), there.sequence()) > 0
                        && Long.compareUnsigned(delta.sequence(), state.sequence()) <= 0) {
                    build.add(delta);
                }
            }
        }
        if (build.state().sequence() != state.sequence()) {
            throw new DeltaRefusedException(Cause.ROLLBACK, rolledBack(next.version(), there));
        }
        return build;
    }

    /**
     * Refuses early what {@link #catchUp} would refuse.
     *
     * @throws RefusedException when the snapshot lacks deltas that are in force and are not kept any more
     */
    void requireReachable(VerifiedManifest manifest) throws RefusedException {
        DeltaState there = DeltaState.of(manifest.manifest());
        if (base != null
                && there.epoch() == state.epoch()
                && Long.compareUnsigned(
                                there.sequence(), base.manifest().manifest().getDeltaSequence())
                        < 0) {
            throw new RefusedException(RefusedException.Check.ROLLBACK, rolledBack(manifest.version(), there));
        }
    }

    private String rolledBack(SnapshotVersion version, DeltaState there) {
        return "snapshot " + version + " ends with delta " + Long.toUnsignedString(there.sequence())
                + ", in force here is delta " + Long.toUnsignedString(state.sequence())
                + ", and the ones between do not lead there; a control plane that lost its history must raise its epoch"
                + " above " + Long.toUnsignedString(state.epoch());
    }

    /** Writes what a snapshot was brought up with into its folder, before it is active. */
    DeltaLog persist(InstalledSnapshot next, DeltaBuild build) throws IOException {
        DeltaLog made = DeltaLog.open(context.storage(), next.folder(), 0);
        try {
            made.append(build.lookups(), build.deltas());
            return made;
        } catch (IOException | RuntimeException e) {
            made.close();
            throw e;
        }
    }

    /**
     * Another snapshot is active.
     *
     * @param with the deltas that it was brought up with; null = none
     * @param newLog with these deltas; null = none yet
     */
    void adopt(InstalledSnapshot active, @Nullable DeltaBuild with, @Nullable DeltaLog newLog) {
        adopt(active, with == null ? DeltaState.of(active.manifest().manifest()) : with.state(), newLog, 0);
        if (with != null) {
            with.deltas().forEach(this::remember);
        }
    }

    private void adopt(InstalledSnapshot active, DeltaState newState, @Nullable DeltaLog newLog, long lengthBytes) {
        close();
        base = active;
        state = newState;
        log = newLog;
        logBytes = lengthBytes;
        signers.clear();
        last = null;
    }

    private InstalledSnapshot active() {
        InstalledSnapshot known = base;
        if (known == null) {
            throw new IllegalStateException("no snapshot is active");
        }
        return known;
    }

    private InstalledRecords records() {
        InstalledRecords known = records;
        if (known == null) {
            known = new InstalledRecords(active().folder());
            records = known;
        }
        return known;
    }

    /** Looks whether every key that has signed an applied delta is still trusted; says why not. */
    Optional<String> distrusted() {
        for (SignedDelta delta : signers.values()) {
            try {
                check.requireTrusted(delta);
            } catch (DeltaRefusedException e) {
                return Optional.of(e.reason());
            }
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        if (records != null) {
            records.close();
            records = null;
        }
        if (log != null) {
            try {
                log.close();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "closing deltas.log: {0}", e.toString());
            }
            log = null;
        }
    }
}
