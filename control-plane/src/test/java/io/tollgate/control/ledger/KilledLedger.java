/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.ledger;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A process that fills a ledger until it is killed: by its own hand after so many commits, before anybody hears of the last one, or by its
 * parent. It says what was acknowledged.
 */
final class KilledLedger {
    private KilledLedger() {}

    /** Arguments: folder, first sequence, receipt to die at (0 = none). */
    public static void main(String[] arguments) throws Exception {
        long next = Long.parseLong(arguments[1]);
        long deadly = Long.parseLong(arguments[2]);
        try (OpenLedger ledger = new OpenLedger(Path.of(arguments[0]))) {
            AtomicLong receipts = new AtomicLong();
            say("start " + ledger.submit(Usage.run("a", "1", 1, 0)).acceptedSequence());
            while (true) {
                CountDownLatch done = new CountDownLatch(1);
                ledger.ledger.submit(Usage.run("a", "1", next, 5), receipt -> {
                    if (receipts.incrementAndGet() == deadly) {
                        // Committed, and nobody was told: no hook of the JVM runs, as with kill -9.
                        Runtime.getRuntime().halt(137);
                    }
                    say("acknowledged " + receipt.acceptedSequence());
                    done.countDown();
                });
                done.await();
                next += 5;
            }
        }
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
