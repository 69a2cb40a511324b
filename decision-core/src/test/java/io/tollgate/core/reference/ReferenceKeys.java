/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Idempotency keys of an organization, what was asked under them, and the first answer. */
final class ReferenceKeys {
    private static final long DAY_MS = 86_400_000;
    private static final long AFTER_END_MS = 600_000;

    private final Map<String, Entry> entries = new HashMap<>();

    private record Entry(Object parameters, ReferenceAnswer answer, long untilMs) {}

    /** What the parameters of a request are: all but what only says how it is answered. */
    record Parameters(ReferenceRequest request) {
        static Parameters of(final ReferenceRequest request) {
            return new Parameters(request.without(request.facts().withoutReadings()));
        }
    }

    /** {@return the first answer to the key, MISMATCH for other parameters, or null when the key is new} */
    @Nullable
    ReferenceAnswer first(final String organization, final String key, final Object parameters) {
        final Entry entry = entries.get(organization + " " + key);
        if (entry == null) {
            return null;
        }
        return entry.parameters.equals(parameters)
                ? entry.answer
                : ReferenceAnswer.deny(io.tollgate.core.Reason.IDEMPOTENCY_MISMATCH);
    }

    /** Remembers an answer that took something. */
    void remember(
            final String organization,
            final String key,
            final Object parameters,
            final ReferenceAnswer answer,
            final long nowMs) {
        entries.put(organization + " " + key, new Entry(parameters, answer, nowMs + DAY_MS));
    }

    /** Forgets after a day, or ten minutes after the reservation ended, whichever is later. */
    void advance(final ReferenceReservations reservations, final long nowMs) {
        entries.values().removeIf(entry -> {
            final ReferenceAnswer.Reservation made = entry.answer.reservation();
            final ReferenceReservation reservation = made == null ? null : reservations.find(made.id());
            final boolean alive =
                    reservation != null && (!reservation.ended() || nowMs < reservation.endedAtMs + AFTER_END_MS);
            return nowMs >= entry.untilMs && !alive;
        });
    }
}
