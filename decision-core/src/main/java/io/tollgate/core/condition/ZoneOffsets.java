/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.condition;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneOffsetTransitionRule;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Offsets of a time zone at every moment, found by binary search without allocation. Years with rules that go on for ever
 * repeat after 400
 * years, day of the week included (146,097 days are 20,871 weeks): the first 400 of them are written out, later moments are moved back
 * into these.
 *
 * <p>Immutable, safe for any thread.
 */
public final class ZoneOffsets {
    private static final Pattern FIXED = Pattern.compile("[+-][0-9]{2}:[0-9]{2}");
    private static final long MS_PER_SECOND = 1_000;
    private static final long CYCLE_MS = 146_097L * 86_400_000L;
    private static final int CYCLE_YEARS = 400;

    /** From when offsets[i + 1] counts, ascending; before the first it is offsets[0]. */
    private final long[] transitions;

    private final int[] offsets;
    /** Moments from here on are moved back by whole cycles; never when no rules go on for ever. */
    private final long cycleStartMs;

    private ZoneOffsets(final ZoneRules rules) {
        final List<ZoneOffsetTransition> changes = new ArrayList<>(rules.getTransitions());
        if (rules.getTransitionRules().isEmpty()) {
            cycleStartMs = Long.MAX_VALUE;
        } else {
            final Instant last = changes.get(changes.size() - 1).getInstant();
            final int lastYear = last.atOffset(ZoneOffset.UTC).getYear();
            cycleStartMs = startOf(lastYear + 1);
            for (int year = lastYear; year <= lastYear + 1 + CYCLE_YEARS; year++) {
                for (final ZoneOffsetTransitionRule rule : rules.getTransitionRules()) {
                    final ZoneOffsetTransition change = rule.createTransition(year);
                    if (change.getInstant().isAfter(last)) {
                        changes.add(change);
                    }
                }
            }
            changes.sort(Comparator.comparing(ZoneOffsetTransition::getInstant));
        }
        transitions = new long[changes.size()];
        offsets = new int[changes.size() + 1];
        offsets[0] = changes.isEmpty()
                ? rules.getOffset(Instant.EPOCH).getTotalSeconds()
                : changes.get(0).getOffsetBefore().getTotalSeconds();
        for (int i = 0; i < transitions.length; i++) {
            transitions[i] = changes.get(i).toEpochSecond() * MS_PER_SECOND;
            offsets[i + 1] = changes.get(i).getOffsetAfter().getTotalSeconds();
        }
    }

    /** The second day: whatever the zone's offset, its clock shows this year. */
    private static long startOf(final int year) {
        return LocalDate.of(year, 1, 2).atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
    }

    /**
     * {@return the offsets of a zone, or null when there is no such zone}
     *
     * @param zone IANA name, "+HH:MM" or "-HH:MM"; empty = UTC
     */
    public static @Nullable ZoneOffsets of(final String zone) {
        final boolean fixed = FIXED.matcher(zone).matches();
        if (!zone.isEmpty() && !fixed && !ZoneId.getAvailableZoneIds().contains(zone)) {
            return null;
        }
        try {
            return new ZoneOffsets((zone.isEmpty() ? ZoneOffset.UTC : ZoneId.of(zone)).getRules());
        } catch (final DateTimeException ex) {
            return null;
        }
    }

    /** {@return what to add to UTC, in milliseconds} */
    long offsetMs(final long epochMs) {
        long moment = epochMs;
        if (moment >= cycleStartMs) {
            moment = cycleStartMs + (moment - cycleStartMs) % CYCLE_MS;
        }
        final int found = Arrays.binarySearch(transitions, moment);
        return offsets[found < 0 ? -found - 1 : found + 1] * MS_PER_SECOND;
    }
}
