/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reservation;

import io.tollgate.core.journal.UsageDesk;
import io.tollgate.core.request.UsageNote;
import org.jspecify.annotations.Nullable;

/**
 * Puts what a settle comes to into the usage journal: one record for each charge of which something was used, gauges apart. The event id is
 * the reservation's, so the same settle is the same event whoever records it. Belongs to the desk's thread.
 */
final class SettledUsage {
    private final @Nullable UsageDesk desk;
    private @Nullable UsageNote note;
    private long high;
    private long low;
    private boolean appended;

    SettledUsage(@Nullable UsageDesk desk) {
        this.desk = desk;
    }

    /** Before a settle. */
    void begin(long idHigh, long idLow, UsageNote with) {
        high = idHigh;
        low = idLow;
        note = with;
        appended = false;
    }

    /** Whether there is a journal and something to put there, after {@link PartReader#readTerms}. */
    boolean owed(PartReader first) {
        if (desk == null) {
            return false;
        }
        for (int i = 0; i < first.chargeCount; i++) {
            if (!first.gauge[i] && first.actual[i] > 0) {
                return true;
            }
        }
        return false;
    }

    /** Reads whose usage it is; false when the part cannot be read. */
    boolean readSubject(PartReader first) {
        UsageDesk journal = desk;
        return journal == null || first.readSubject(journal.subject());
    }

    /** Sets room aside for what {@link #append} appends, after {@link #readSubject}; false when there is none. */
    boolean hasRoom(PartReader first) {
        UsageDesk journal = desk;
        UsageNote with = note;
        return journal == null
                || with == null
                || journal.ensure(journal.bound(first.chargeCount, first.nameBytes(), with.propertyLength()));
    }

    /** Appends; room was set aside. */
    void append(PartReader first, long nowMs) {
        UsageDesk journal = desk;
        UsageNote with = note;
        if (journal == null || with == null) {
            return;
        }
        journal.begin(nowMs, high, low, with.properties(), with.propertyLength());
        for (int i = 0; i < first.chargeCount; i++) {
            if (!first.gauge[i] && first.actual[i] > 0) {
                journal.record(
                        i, first.dimension[i], first.names, first.nameOffset[i], first.nameLength[i], first.actual[i]);
            }
        }
        journal.append();
        appended = true;
    }

    /** After a settle or release: what was recorded before this call has to be durable too when it is told. */
    void told(EndResult result) {
        UsageDesk journal = desk;
        if (journal == null) {
            return;
        }
        journal.trim();
        boolean rests = result.outcome == EndOutcome.SETTLED || result.outcome == EndOutcome.OVERRUN || result.late;
        if (rests && !appended) {
            journal.oweAll();
        }
        appended = false;
    }
}
