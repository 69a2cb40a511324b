/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.ledger;

import io.grpc.StatusException;
import io.tollgate.v1.LedgerTotal;
import io.tollgate.v1.LedgerView;
import io.tollgate.v1.QueryLedgerRequest;
import io.tollgate.v1.QueryLedgerResponse;
import io.tollgate.v1.UsageBatch;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A ledger that a test asks and waits for. */
final class OpenLedger implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 30;

    final Ledger ledger;

    OpenLedger(Path folder) {
        this(folder, LedgerConfig.DEFAULT, KnownNames.ALL);
    }

    OpenLedger(Path folder, LedgerConfig config, KnownNames names) {
        ledger = Ledger.open(folder, config, names, () -> Instant.ofEpochMilli(Usage.DAY_MS + 2_000));
        while (ledger.status().getRefusal().contains("being opened")) {
            Thread.onSpinWait();
        }
    }

    Receipt submit(UsageBatch batch) {
        return later(batch).join();
    }

    CompletableFuture<Receipt> later(UsageBatch batch) {
        CompletableFuture<Receipt> done = new CompletableFuture<>();
        ledger.submit(batch, done::complete);
        return done.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    QueryLedgerResponse ask(QueryLedgerRequest.Builder request) throws StatusException {
        CompletableFuture<QueryLedgerResponse> done = new CompletableFuture<>();
        ledger.query(request.build(), new LedgerQueries.Asker() {
            @Override
            public void answer(QueryLedgerResponse response) {
                done.complete(response);
            }

            @Override
            public void refuse(StatusException why) {
                done.completeExceptionally(why);
            }

            @Override
            public boolean isGone() {
                return false;
            }
        });
        try {
            return done.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StatusException status) {
                throw status;
            }
            throw new AssertionError(e);
        } catch (TimeoutException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    QueryLedgerResponse view(LedgerView view) throws StatusException {
        return ask(QueryLedgerRequest.newBuilder().setView(view).setPageSize(1_000));
    }

    BigInteger sum() throws StatusException {
        return view(LedgerView.LEDGER_VIEW_TOTALS).getTotalsList().stream()
                .map(LedgerTotal::getAmount)
                .map(BigInteger::new)
                .reduce(BigInteger.ZERO, BigInteger::add);
    }

    long events() throws StatusException {
        return view(LedgerView.LEDGER_VIEW_TOTALS).getTotalsList().stream()
                .mapToLong(LedgerTotal::getEventCount)
                .sum();
    }

    @Override
    public void close() {
        ledger.close();
    }
}
