/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.dryrun;

import io.tollgate.core.DecisionClock;
import io.tollgate.core.engine.DecisionEngine;
import io.tollgate.core.world.World;
import io.tollgate.loader.ActivationJudge;
import io.tollgate.loader.transfer.RefusedException;
import io.tollgate.server.config.DryRunConfig;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * The dry run: keeps the last requests, asks them of what is about to be activated and of what is live, and refuses what
 * would answer too many of them otherwise, unless an operator has allowed it.
 *
 * <table>
 * <caption>Access modes</caption>
 * <tr><th>field</th><th>writer</th><th>readers</th><th>mode</th></tr>
 * <tr><td>parts</td><td>whoever starts the sidecar, before the loader's thread</td><td>loader</td><td>volatile</td></tr>
 * <tr><td>state</td><td>loader</td><td>admin, metrics</td><td>volatile, immutable</td></tr>
 * <tr><td>allowed</td><td>admin</td><td>loader</td><td>volatile</td></tr>
 * </table>
 */
public final class DryRun implements ActivationJudge {
    private static final System.Logger LOG = System.getLogger("tollgate.server.dryrun");

    private static final int MAX_NAME = 100;

    private final DryRunConfig config;
    private final @Nullable RequestRing ring;
    private volatile @Nullable Parts parts;
    private volatile State state = new State(0, 0, null, "", 0);
    private volatile String allowed = "";
    private volatile Runnable retry = () -> {};

    /** What a trial asks with. */
    record Parts(DecisionEngine engine, DecisionClock clock, int inFlightNumber) {}

    /** What a trial is about. */
    record Asked(World live, Candidate candidate) {}

    /**
     * What came of it until now.
     *
     * @param runs dry runs that ended
     * @param refused of them
     * @param last the newest report, or null
     * @param refusedCandidate what was refused last and is not active; empty = nothing
     * @param refusedDelta the last delta that it contains
     */
    public record State(
            long runs, long refused, @Nullable DryRunReport last, String refusedCandidate, long refusedDelta) {}

    /** With {@link DryRunConfig#OFF} it lets everything through and keeps nothing. */
    public DryRun(final DryRunConfig config) {
        this.config = config;
        ring = config.decisions() == 0 ? null : new RequestRing(config.decisions());
    }

    /**
     * Joins it to the engine; without it everything is let through. Once, before the loader's thread runs.
     *
     * @param clock the decisions'
     * @param inFlightNumber a worker's number that is nobody else's
     * @param retryRefused makes the loader try again what was refused
     */
    public void join(
            final DecisionEngine engine,
            final DecisionClock clock,
            final int inFlightNumber,
            final Runnable retryRefused) {
        retry = retryRefused;
        parts = new Parts(engine, clock, inFlightNumber);
    }

    /** {@return what one thread keeps its requests with, or null when none are kept} */
    public RequestRing.@Nullable Keeper keeper() {
        return ring == null ? null : ring.keeper();
    }

    /** {@return what it was told} */
    public DryRunConfig config() {
        return config;
    }

    /** {@return what came of it until now} */
    public State state() {
        return state;
    }

    /** {@return how many requests are kept} */
    public int kept() {
        return ring == null ? 0 : ring.kept();
    }

    /** {@return how many requests were too long to keep, or came for one place with another} */
    public long skipped() {
        return ring == null ? 0 : ring.skipped();
    }

    @Override
    public Trial begin(final World live, final Candidate candidate) {
        final Parts joined = parts;
        if (ring == null || joined == null) {
            return Trial.PASSED;
        }
        return new DryRunTrial(this, ring, joined, new Asked(live, candidate));
    }

    /**
     * Lets through what was refused last, and has it tried again at once.
     *
     * @param candidate as the refusal names it
     * @param by who says so, for the log
     * @return what stands against it; empty = done
     */
    public String allow(final String candidate, final String by) {
        final State now = state;
        if (!names(candidate, now)) {
            return now.refusedCandidate.isEmpty()
                    ? "no dry run has refused anything that waits to be allowed"
                    : "the dry run has refused " + now.refusedCandidate + ", not " + candidate;
        }
        allowed = now.refusedCandidate;
        LOG.log(Level.WARNING, "dry run: {0} is allowed whatever it flips, said by {1}", candidate, cleaned(by));
        retry.run();
        return "";
    }

    /** By its name, or as the delta that it contains last: what was refused as a delta comes again as a checkpoint. */
    private static boolean names(final String candidate, final State now) {
        final String refused = now.refusedCandidate;
        return !refused.isEmpty()
                && (candidate.equals(refused)
                        || now.refusedDelta != 0
                                && candidate.startsWith(refused.substring(0, refused.indexOf('-') + 1))
                                && candidate.endsWith("+" + Long.toUnsignedString(now.refusedDelta)));
    }

    private static String cleaned(final String by) {
        final String name = by.isBlank() ? "nobody" : by.length() > MAX_NAME ? by.substring(0, MAX_NAME) : by;
        return name.replaceAll("\\p{Cntrl}", "?");
    }

    /** A delta that is refused comes again in a checkpoint: the same state, so it is allowed with it. */
    boolean isAllowed(final Candidate candidate) {
        final String said = allowed;
        if (said.isEmpty()) {
            return false;
        }
        final State now = state;
        final boolean sameState = candidate.deltaSequence() != 0
                && said.equals(now.refusedCandidate)
                && candidate.deltaSequence() == now.refusedDelta
                && said.startsWith(candidate.version().epoch() + "-");
        return said.equals(label(candidate)) || sameState;
    }

    /** Loader's thread: a trial has seen all. */
    void ended(final Asked asked, final DryRunReport report) throws RefusedException {
        final State before = state;
        final boolean refused = report.verdict() == DryRunReport.Verdict.REFUSED;
        state = new State(
                before.runs + 1,
                before.refused + (refused ? 1 : 0),
                report,
                refused ? report.candidate() : "",
                refused ? asked.candidate().deltaSequence() : 0);
        if (!refused) {
            allowed = "";
        }
        log(report);
        if (refused) {
            throw new RefusedException(
                    RefusedException.Check.DRY_RUN,
                    "dry run: " + report.summary() + "; more than " + report.exceeded()
                            + " lets through. To let it through: tollgate snapshot allow " + report.candidate());
        }
    }

    private static void log(final DryRunReport report) {
        final boolean much = report.verdict() != DryRunReport.Verdict.PASSED;
        LOG.log(
                much ? Level.WARNING : Level.INFO,
                "dry run of {0} beside {1}: {2}; {3} only with other warnings, {4} not to be told. {5}",
                report.candidate(),
                report.live(),
                report.summary(),
                report.warningsOnly(),
                report.unsettled(),
                much ? report.verdict() + ", more than " + report.exceeded() : report.verdict());
        for (final DryRunReport.Example example : report.examples()) {
            LOG.log(
                    Level.INFO,
                    "dry run of {0}: {1} in {2}, {3}: {4} -> {5}",
                    report.candidate(),
                    example.actor(),
                    example.place(),
                    example.action(),
                    example.before(),
                    example.after());
        }
    }

    static String label(final Candidate candidate) {
        return candidate.version() + (candidate.delta() ? "+" + candidate.deltaSequence() : "");
    }

    static String label(final World world) {
        final long delta = world.facts().deltaSequence();
        return world.facts().epoch() + "-" + world.facts().version() + (delta == 0 ? "" : "+" + delta);
    }
}
