/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.install;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.tollgate.core.world.NotPatchableException;
import io.tollgate.core.world.World;
import io.tollgate.core.world.WorldFacts;
import io.tollgate.core.world.WorldPatch;
import io.tollgate.core.world.WorldTables;
import io.tollgate.core.world.def.ScopeDef;
import io.tollgate.loader.delta.BaseRecords;
import io.tollgate.loader.delta.DeltaRefusedException;
import io.tollgate.loader.delta.DeltaRefusedException.Cause;
import io.tollgate.loader.delta.DeltaState;
import io.tollgate.loader.delta.RecordKey;
import io.tollgate.loader.delta.VerifiedDelta;
import io.tollgate.loader.transfer.RefusedException;
import io.tollgate.loader.transfer.VerifiedManifest;
import io.tollgate.loader.translate.ScopeTranslator;
import io.tollgate.v1.DeltaChange;
import io.tollgate.v1.ScopeRecord;
import io.tollgate.v1.Section;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes one world of a world and the deltas that follow it, however many: each is compared with the state before it, then all their changes
 * become one patch, so that a sidecar that was away catches up with one swap. What goes wrong leaves everything as it was. Loader's thread
 * only.
 */
public final class DeltaBuild {
    private final InstallContext context;
    private final InstalledSnapshot base;
    private final World from;
    private final @Nullable World live;
    private final DeltaState before;
    private final Map<RecordKey, Optional<ByteString>> lookups = new LinkedHashMap<>();
    private final BaseRecords records;
    private final List<VerifiedDelta> deltas = new ArrayList<>();
    private final Set<RecordKey> touched = new LinkedHashSet<>();
    private DeltaState state;
    private @Nullable RateCarry carry;

    /**
     * Starts.
     *
     * @param base the snapshot that the deltas lie on
     * @param from the world of base and of the deltas applied before; not closed here
     * @param live the active world, whose rates are carried over; null = none
     * @param state of from
     * @param records of base
     */
    public DeltaBuild(
            InstallContext context,
            InstalledSnapshot base,
            World from,
            @Nullable World live,
            DeltaState state,
            BaseRecords records) {
        this.context = context;
        this.base = base;
        this.from = from;
        this.live = live;
        this.before = state;
        this.state = state;
        this.records = key -> {
            Optional<ByteString> known = lookups.get(key);
            if (known == null) {
                known = Optional.ofNullable(records.find(key));
                lookups.put(key, known);
            }
            return known.orElse(null);
        };
    }

    /**
     * Takes the next delta.
     *
     * @throws DeltaRefusedException when it does not follow; what was taken before stays
     * @throws IOException when the snapshot's records cannot be read
     */
    public void add(VerifiedDelta delta) throws DeltaRefusedException, IOException {
        state = state.next(delta, records);
        deltas.add(delta);
        for (DeltaChange change : delta.delta().getChangesList()) {
            touched.add(new RecordKey(change.getSection(), change.getKey()));
        }
    }

    /** {@return the deltas taken, in order} */
    public List<VerifiedDelta> deltas() {
        return deltas;
    }

    /** {@return what was read of the snapshot for them} */
    public Map<RecordKey, Optional<ByteString>> lookups() {
        return lookups;
    }

    /** {@return the state after the last delta} */
    public DeltaState state() {
        return state;
    }

    /**
     * Makes the world; its owner closes it.
     *
     * @throws DeltaRefusedException when the changes make no sense, or only a whole snapshot can make them
     * @throws IOException when the disk is full or fails
     */
    public World finish() throws DeltaRefusedException, IOException {
        try {
            World patched = patch();
            try {
                requireScopes(patched);
                context.setPeriods(patched);
                return patched;
            } catch (IOException | DeltaRefusedException | RefusedException | RuntimeException e) {
                patched.close();
                throw e;
            }
        } catch (NotPatchableException e) {
            throw refused(Cause.NOT_PATCHABLE, String.valueOf(e.getMessage()));
        } catch (RefusedException e) {
            throw refused(Cause.CONTENT, e.reason());
        } catch (InvalidProtocolBufferException e) {
            throw refused(Cause.CONTENT, "a record does not parse: " + e.getMessage());
        } catch (UncheckedIOException e) {
            throw new IOException(e.getCause());
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw refused(Cause.CONTENT, String.valueOf(e.getMessage()));
        }
    }

    private DeltaRefusedException refused(Cause cause, String reason) {
        return new DeltaRefusedException(
                cause,
                "deltas " + Long.toUnsignedString(before.sequence() + 1) + " to "
                        + Long.toUnsignedString(state.sequence()) + ": " + reason);
    }

    private World patch() throws NotPatchableException, RefusedException, IOException {
        RateCarry rates = RateCarry.begin(context, () -> live);
        WorldTables tables = tables();
        CeilingCells cells = new CeilingCells(tables.registry(), context.cells(), rates);
        TouchedScopes scopes = new TouchedScopes(before, state, from, records);
        scopes.collect(touched);
        World patched;
        try (WorldPatch patch = WorldPatch.begin(from, tables, facts(), cells, cells)) {
            for (ScopeRecord record : scopes.present()) {
                patch.put(definition(record, scopes));
            }
            for (String path : scopes.gone()) {
                patch.remove(path);
            }
            patched = patch.finish();
        }
        carry = rates;
        return patched;
    }

    private static ScopeDef definition(ScopeRecord record, TouchedScopes scopes) throws RefusedException, IOException {
        ScopeDef scope = ScopeTranslator.translate(record);
        return WorldBuild.withWallets(scope, scopes.walletsOf(scope.path()));
    }

    private WorldTables tables() throws NotPatchableException, RefusedException, IOException {
        boolean changed = false;
        for (RecordKey key : touched) {
            if (key.section() == Section.SECTION_REGISTRY) {
                throw new NotPatchableException("the registry has changed");
            }
            changed |= PatchedStatics.SECTIONS.contains(key.section());
        }
        return changed
                ? PatchedStatics.read(base.folder(), state.changes())
                        .recompile(new PoolCells(context.cells()), from.tables())
                : from.tables();
    }

    /** What a pool names must not go. */
    private void requireScopes(World patched) throws RefusedException, IOException, DeltaRefusedException {
        boolean mayBreak = false;
        for (RecordKey key : touched) {
            mayBreak |= key.section() == Section.SECTION_CAPACITY
                    || key.section() == Section.SECTION_DIRECTORY
                            && state.changes().isRemoved(key);
        }
        if (mayBreak) {
            PatchedStatics.read(base.folder(), state.changes())
                    .requireScopes(path -> patched.findPath(path) != World.NOT_FOUND);
        }
    }

    private WorldFacts facts() {
        VerifiedManifest manifest = base.manifest();
        return context.factsOf(manifest, state);
    }

    /** Right before activation: what rates have used up since they were bound is carried over. */
    public void beforeActivation() {
        if (carry != null) {
            carry.beforeActivation(context.epochNs());
        }
    }
}
