/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.dryrun;

import io.tollgate.core.Plane;
import io.tollgate.core.engine.Decision;
import io.tollgate.core.engine.DecisionWorker;
import io.tollgate.core.freshness.FreshnessTable;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.Field;
import io.tollgate.core.world.World;
import io.tollgate.core.world.WorldHolder;
import io.tollgate.loader.ActivationJudge;
import io.tollgate.loader.transfer.RefusedException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Asks both worlds what the ring holds: as CHECK, at the same instant, of the same counters, all planes fresh (so an answer
 * never differs by age alone). Loader's thread.
 */
final class DryRunTrial implements ActivationJudge.Trial {
    private static final System.Logger LOG = System.getLogger("tollgate.server.dryrun");
    private static final Plane[] PLANES = Plane.values();
    private static final int MAX_EXAMPLES = 20;
    /** Counters that move while both are asked can make a difference that is none; then it is asked again. */
    private static final int TRIES = 3;
    /** The clock is looked at once in so many requests. */
    private static final int LOOK = 16;

    private static final long SLICE_NS = 1_000_000L;
    private static final int KEY_BYTES_SHOWN = 4;

    private final DryRun owner;
    private final RequestRing ring;
    private final DryRun.Asked asked;
    private final FrozenClock clock;
    private final FreshnessTable ages = new FreshnessTable();
    private final DecisionWorker live;
    private final DecisionWorker candidate;
    private final DecisionRequest request = new DecisionRequest();
    private final Decision decision = new Decision();
    private final Map<Change, Long> changes = new HashMap<>();
    /** No two are the same. */
    private final Set<DryRunReport.Example> examples = new LinkedHashSet<>();

    private int place;
    private long judged;
    private long unsettled;
    private long flips;
    private long warningsOnly;

    private record Change(String before, String after, boolean flip) {}

    DryRunTrial(final DryRun owner, final RequestRing ring, final DryRun.Parts parts, final DryRun.Asked asked) {
        this.owner = owner;
        this.ring = ring;
        this.asked = asked;
        clock = new FrozenClock(parts.clock());
        live = worker(parts, asked.live());
        candidate = worker(parts, asked.candidate().world());
    }

    /** A holder that is only let go of, never closed: the world is the loader's. */
    private DecisionWorker worker(final DryRun.Parts parts, final World world) {
        final WorldHolder holder = new WorldHolder(1);
        holder.activate(world);
        return parts.engine().newWorkerAside(holder, ages, clock, parts.inFlightNumber());
    }

    /** What goes wrong in here says nothing about the candidate: then it passes. */
    @Override
    public boolean step() throws RefusedException {
        try {
            return judgeSome();
        } catch (final RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "the dry run failed; what it was to judge passes", e);
            return true;
        }
    }

    private boolean judgeSome() throws RefusedException {
        final long startedNs = System.nanoTime();
        while (place < ring.capacity()) {
            if (ring.read(place++, request)) {
                judge();
            }
            if (place % LOOK == 0 && System.nanoTime() - startedNs > SLICE_NS) {
                return false;
            }
        }
        owner.ended(asked, report());
        return true;
    }

    private void judge() {
        request.mode(io.tollgate.core.DecideMode.CHECK);
        for (int i = 0; i < TRIES; i++) {
            freeze();
            final Verdicts before = ask(live);
            final Verdicts after = ask(candidate);
            if (before.isUnsettled() || after.isUnsettled()) {
                continue;
            }
            if (before.equals(after)) {
                judged++;
                return;
            }
            if (before.equals(ask(live))) {
                judged++;
                differ(before, after);
                return;
            }
        }
        unsettled++;
    }

    private void freeze() {
        clock.freeze();
        for (final Plane plane : PLANES) {
            ages.confirm(plane, clock.monotonicNs(), clock.wallMs(), 0);
        }
    }

    private Verdicts ask(final DecisionWorker worker) {
        worker.begin();
        try {
            worker.decide(request, decision);
            return Verdicts.of(decision);
        } finally {
            worker.end();
        }
    }

    private void differ(final Verdicts before, final Verdicts after) {
        final boolean flip = before.flips(after);
        changes.merge(new Change(before.text(), after.text(), flip), 1L, Long::sum);
        if (!flip) {
            warningsOnly++;
            return;
        }
        flips++;
        if (examples.size() < MAX_EXAMPLES) {
            examples.add(new DryRunReport.Example(actor(), place(), action(), before.text(), after.text()));
        }
    }

    private String actor() {
        if (request.hasApiKey()) {
            return "API key with hash "
                    + HexFormat.of()
                            .formatHex(
                                    request.bytes(), request.apiKeyOffset(), request.apiKeyOffset() + KEY_BYTES_SHOWN)
                    + "...";
        }
        return text(Field.ACTOR_TYPE) + ":" + text(Field.ACTOR_ID);
    }

    private String place() {
        final String project = text(Field.PROJECT);
        return text(Field.ORGANIZATION) + (project.isEmpty() ? "" : "/" + project);
    }

    private String action() {
        return text(Field.PRODUCT) + "/" + text(Field.RESOURCE_TYPE) + "/" + text(Field.ACTION);
    }

    private String text(final Field field) {
        final String text = request.text(field);
        return text == null ? "" : text;
    }

    private DryRunReport report() {
        final String exceeded = owner.config().exceeded(flips, judged);
        final List<DryRunReport.Pair> pairs = new ArrayList<>();
        changes.forEach(
                (change, count) -> pairs.add(new DryRunReport.Pair(change.before, change.after, count, change.flip)));
        pairs.sort(Comparator.comparingLong(DryRunReport.Pair::count)
                .reversed()
                .thenComparing(DryRunReport.Pair::before)
                .thenComparing(DryRunReport.Pair::after));
        return new DryRunReport(
                DryRun.label(asked.candidate()),
                DryRun.label(asked.live()),
                clock.wallMs(),
                judged,
                unsettled,
                flips,
                warningsOnly,
                exceeded,
                exceeded.isEmpty()
                        ? DryRunReport.Verdict.PASSED
                        : owner.isAllowed(asked.candidate())
                                ? DryRunReport.Verdict.ALLOWED
                                : owner.config().refuse()
                                        ? DryRunReport.Verdict.REFUSED
                                        : DryRunReport.Verdict.REPORTED,
                List.copyOf(pairs),
                List.copyOf(examples));
    }
}
