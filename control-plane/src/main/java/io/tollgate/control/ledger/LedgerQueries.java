/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.ledger;

import io.grpc.Status;
import io.grpc.StatusException;
import io.tollgate.v1.LedgerView;
import io.tollgate.v1.QueryLedgerRequest;
import io.tollgate.v1.QueryLedgerResponse;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;

/** Answers questions on a thread of its own, from a connection of its own: a long one delays neither reports nor snapshots. */
public final class LedgerQueries implements AutoCloseable {
    private static final Logger LOG = System.getLogger("tollgate.control.ledger");
    private static final int MAX_WAITING = 64;
    private static final int MAX_SECONDS = 10;
    private static final long IDLE_SECONDS = 30;

    private final LedgerDatabase database;
    private final LedgerAgent agent;
    private final ThreadPoolExecutor executor;
    /** Query thread's. */
    private @Nullable Connection connection;
    /** Query thread's: when the question under way has taken too long. */
    private long deadlineNs;

    LedgerQueries(LedgerDatabase database, LedgerAgent agent) {
        this.database = database;
        this.agent = agent;
        executor = new ThreadPoolExecutor(
                1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MAX_WAITING), task -> {
                    Thread thread = new Thread(task, "tollgate-ledger-query");
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /** Hears an answer: one of the two, once. */
    public interface Asker {
        /** The answer. */
        void answer(QueryLedgerResponse response);

        /** There is none; the description says why. */
        void refuse(StatusException why);

        /** {@return whether nobody waits for the answer any more} */
        boolean isGone();
    }

    void submit(QueryLedgerRequest request, Asker asker) {
        try {
            executor.execute(() -> run(request, asker));
        } catch (RejectedExecutionException e) {
            asker.refuse(Status.RESOURCE_EXHAUSTED
                    .withDescription(MAX_WAITING + " questions wait for the ledger already; try again")
                    .asException());
        }
    }

    private void run(QueryLedgerRequest request, Asker asker) {
        if (asker.isGone()) {
            return;
        }
        QueryLedgerResponse answer;
        try {
            answer = ask(request);
        } catch (StatusException e) {
            asker.refuse(e);
            return;
        } catch (SQLException e) {
            asker.refuse(failure(e).asException());
            return;
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a question to the ledger failed", e);
            asker.refuse(Status.INTERNAL
                    .withDescription("the ledger failed to answer; the control plane's log says why")
                    .asException());
            return;
        }
        asker.answer(answer);
    }

    private QueryLedgerResponse ask(QueryLedgerRequest request) throws StatusException, SQLException {
        String refusal = agent.refusal();
        if (!refusal.isEmpty()) {
            throw Status.UNAVAILABLE.withDescription(refusal).asException();
        }
        Connection open = connection;
        if (open == null) {
            open = database.openForReading(() -> System.nanoTime() - deadlineNs >= 0);
            connection = open;
        }
        deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(MAX_SECONDS);
        LedgerQuestion question = new LedgerQuestion(open, request);
        QueryLedgerResponse.Builder answer =
                switch (request.getView()) {
                    case LEDGER_VIEW_UNSPECIFIED, LEDGER_VIEW_EVENTS -> question.events();
                    case LEDGER_VIEW_TOTALS -> question.totals();
                    case LEDGER_VIEW_PRODUCERS -> question.producers();
                    case LEDGER_VIEW_REJECTED -> question.rejections();
                    case UNRECOGNIZED ->
                        throw Status.INVALID_ARGUMENT
                                .withDescription("view " + request.getViewValue() + " is not known; the last one is "
                                        + LedgerView.LEDGER_VIEW_REJECTED.getNumber())
                                .asException();
                };
        return answer.setStatus(agent.status()).build();
    }

    private Status failure(SQLException failure) {
        if ((failure.getErrorCode() & 0xff) == SQLiteErrorCode.SQLITE_INTERRUPT.code) {
            return Status.DEADLINE_EXCEEDED.withDescription(
                    "the question took longer than " + MAX_SECONDS + " s; narrow it by customer or period");
        }
        LedgerDatabase.closeQuietly(connection);
        connection = null;
        LOG.log(Level.ERROR, "a question to the ledger failed", failure);
        return Status.UNAVAILABLE.withDescription(database.describe(failure));
    }

    @Override
    public void close() {
        executor.shutdownNow();
        try {
            if (executor.awaitTermination(MAX_SECONDS + 1, TimeUnit.SECONDS)) {
                LedgerDatabase.closeQuietly(connection);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
