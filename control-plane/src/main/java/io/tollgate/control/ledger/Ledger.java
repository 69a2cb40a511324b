/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.ledger;

import io.tollgate.v1.LedgerStatus;
import io.tollgate.v1.QueryLedgerRequest;
import io.tollgate.v1.UsageBatch;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.agrona.CloseHelper;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.BackoffIdleStrategy;

/**
 * What was used, each event once. See docs/control-plane.md, "Ledger".
 *
 * <pre>{@code
 * try (Ledger ledger = Ledger.open(stateDir.resolve("ledger"), LedgerConfig.DEFAULT, names, clock)) {
 *     ledger.submit(batch, receipt -> ...);
 * }
 * }</pre>
 *
 * <p>Opening returns at once; files are opened and checked on the ledger's own thread. A ledger that cannot be used does not throw: it
 * refuses what is submitted, {@link #status} says why, and everything else of the control plane goes on. All methods are for any thread.
 */
public final class Ledger implements AutoCloseable {
    private static final Logger LOG = System.getLogger("tollgate.control.ledger");
    private static final long LONGEST_PARK_NS = TimeUnit.MILLISECONDS.toNanos(2);

    private final LedgerAgent agent;
    private final LedgerQueries queries;
    private final AgentRunner runner;

    private Ledger(LedgerAgent agent, LedgerQueries queries) {
        this.agent = agent;
        this.queries = queries;
        this.runner = new AgentRunner(
                new BackoffIdleStrategy(1, 1, TimeUnit.MICROSECONDS.toNanos(50), LONGEST_PARK_NS),
                fault -> LOG.log(Level.ERROR, "the ledger goes on after an error", fault),
                null,
                agent);
    }

    /**
     * Begins to open a ledger, and makes it if there never was one.
     *
     * @param folder holds its files; made if missing; no other process may use it
     */
    public static Ledger open(Path folder, LedgerConfig config, KnownNames names, InstantSource clock) {
        LedgerDatabase database = new LedgerDatabase(folder);
        LedgerAgent agent = new LedgerAgent(database, config, names, clock);
        Ledger ledger = new Ledger(agent, new LedgerQueries(database, agent));
        AgentRunner.startOnThread(ledger.runner, task -> {
            Thread thread = new Thread(task, LedgerAgent.NAME);
            thread.setDaemon(true);
            return thread;
        });
        return ledger;
    }

    /**
     * Hands a batch to the writer.
     *
     * @param whenDone called once, soon if nothing can be taken: by the calling thread or the ledger's; must not wait
     */
    public void submit(UsageBatch batch, Consumer<Receipt> whenDone) {
        agent.submit(batch, whenDone);
    }

    /** Asks. The answer comes on the query thread, or at once when nothing can be asked. */
    public void query(QueryLedgerRequest request, LedgerQueries.Asker asker) {
        queries.submit(request, asker);
    }

    /** {@return how it stands} */
    public LedgerStatus status() {
        return agent.status();
    }

    /** Finishes the transaction under way, refuses what still waits, closes the files. */
    @Override
    public void close() {
        CloseHelper.quietClose(runner);
        queries.close();
    }
}
