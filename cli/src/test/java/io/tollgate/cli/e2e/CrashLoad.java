/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import io.tollgate.client.Decision;
import io.tollgate.client.Settlement;
import io.tollgate.client.TollgateClient;
import io.tollgate.v1.Reason;
import io.tollgate.v1.ReservationOutcome;
import io.tollgate.v1.SettleRequest;
import io.tollgate.v1.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Callers of a sidecar that gets killed. They note what was acknowledged, and what may or may not have happened because no answer came. A
 * settle without an answer is repeated until there is one, as callers must.
 */
final class CrashLoad {
    private static final Duration DEADLINE = Duration.ofSeconds(2);
    private static final int SETTLED_UNDER_WAY = 64;
    /** Denies that a sidecar may give at any time in this test; all others are a fault. */
    private static final Set<Reason> NOT_NOW = EnumSet.of(
            Reason.REASON_SNAPSHOT_STALE,
            Reason.REASON_SNAPSHOT_MISSING,
            Reason.REASON_OVERLOADED,
            Reason.REASON_JOURNAL_FULL);

    private final TollgateClient client;
    private final AtomicBoolean running = new AtomicBoolean();
    private final List<Thread> threads = new ArrayList<>();
    private final ConcurrentLinkedQueue<Open> open = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<String> faults = new ConcurrentLinkedQueue<>();

    /** Settled with an acknowledgement: reservation and what was used. */
    final Map<String, Long> settled = new ConcurrentHashMap<>();
    /** Consumed with an acknowledgement: decision and amount. */
    final Map<String, Long> consumed = new ConcurrentHashMap<>();
    /** Released with an acknowledgement. */
    final Set<String> released = ConcurrentHashMap.newKeySet();

    final AtomicLong maybeConsumed = new AtomicLong();
    final AtomicLong maybeReserved = new AtomicLong();
    final AtomicLong answers = new AtomicLong();

    private record Open(String id, long reserved, long actual, boolean release) {}

    CrashLoad(final TollgateClient client) {
        this.client = client;
    }

    void start(final int callers, final long seed) {
        running.set(true);
        for (int i = 0; i < callers; i++) {
            final Random random = new Random(seed + i);
            final Thread thread = new Thread(() -> call(random), "caller-" + i);
            thread.setUncaughtExceptionHandler((where, ex) -> faults.add(where.getName() + ": " + ex));
            threads.add(thread);
            thread.start();
        }
    }

    void stop() throws InterruptedException {
        running.set(false);
        for (final Thread thread : threads) {
            thread.join();
        }
        threads.clear();
    }

    private void call(final Random random) {
        while (running.get()) {
            final long amount = 1 + random.nextInt(1_000);
            if (random.nextInt(3) == 0) {
                reserve(amount, random);
            } else {
                consume(amount);
            }
            if (open.size() > SETTLED_UNDER_WAY || random.nextBoolean()) {
                end(open.poll());
            }
        }
    }

    private void consume(final long amount) {
        final Decision decision =
                client.decide(CrashSite.question(amount).consume().build(), DEADLINE);
        if (!decision.fromSidecar()) {
            maybeConsumed.addAndGet(amount);
        } else if (decision.allowed()) {
            answers.incrementAndGet();
            consumed.put(decision.decisionId(), amount);
        } else {
            expectNotNow(decision);
        }
    }

    private void reserve(final long amount, final Random random) {
        final Decision decision = client.decide(
                CrashSite.question(amount).reserve(Duration.ofHours(2)).build(), DEADLINE);
        if (!decision.fromSidecar()) {
            maybeReserved.addAndGet(amount);
        } else if (decision.allowed()) {
            answers.incrementAndGet();
            open.add(new Open(
                    decision.reservationId().orElseThrow(),
                    amount,
                    random.nextInt(4) == 0 ? amount + 7 : random.nextInt((int) amount + 1),
                    random.nextInt(5) == 0));
        } else {
            expectNotNow(decision);
        }
    }

    private void expectNotNow(final Decision decision) {
        if (!NOT_NOW.contains(decision.reason())) {
            faults.add("denied: " + decision);
        }
        RealProcess.pause();
    }

    private void end(final Open reservation) {
        if (reservation == null) {
            return;
        }
        final Settlement ended = reservation.release
                ? client.release(reservation.id)
                : client.settle(SettleRequest.newBuilder()
                        .setReservationId(reservation.id)
                        .addActual(
                                Usage.newBuilder().setAmount(reservation.actual).setUnit("token"))
                        .build());
        if (!ended.acknowledged()) {
            if (ended.outcome() == ReservationOutcome.RESERVATION_OUTCOME_UNKNOWN
                    && ended.cause().isEmpty()) {
                faults.add("reservation " + reservation + " was acknowledged and is unknown now: " + ended);
            } else {
                open.add(reservation);
            }
            return;
        }
        answers.incrementAndGet();
        if (reservation.release) {
            released.add(reservation.id);
        } else {
            settled.put(reservation.id, reservation.actual);
        }
    }

    /** Ends what is open, until all is acknowledged or patience is over. */
    void endAll() {
        final long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!open.isEmpty()) {
            end(open.poll());
            if (System.nanoTime() > end) {
                throw new AssertionError(open.size() + " reservations could not be ended: " + open.peek());
            }
        }
    }

    /** {@return what counters hold at least: all that was acknowledged} */
    long leastUsed() {
        return sum(settled)
                + sum(consumed)
                + open.stream()
                        .mapToLong(each -> Math.min(each.reserved, each.release ? 0 : each.actual))
                        .sum();
    }

    /** {@return what counters hold at most} */
    long mostUsed() {
        return sum(settled)
                + sum(consumed)
                + open.stream()
                        .mapToLong(each -> Math.max(each.reserved, each.actual))
                        .sum()
                + maybeConsumed.get()
                + maybeReserved.get();
    }

    static long sum(final Map<String, Long> amounts) {
        return amounts.values().stream().mapToLong(Long::longValue).sum();
    }

    List<String> faults() {
        return List.copyOf(Collections.unmodifiableCollection(faults));
    }
}
