/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reservation;

import io.tollgate.core.request.DecisionRequest;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads reservations for people, while workers go on. Allocates. One thread at a time. */
public final class ReservationList {
    private static final List<String> STATES = List.of(
            "FREE",
            "FILLING",
            "RESERVED",
            "EXTENDING",
            "OVERDUE",
            "OVERDUE",
            "SETTLING",
            "RELEASING",
            "EXPIRING",
            "SETTLED",
            "RELEASED",
            "EXPIRED",
            "EXPIRED",
            "EXPIRED",
            "DAMAGED");

    private final BlockSpace space;
    private final ReservationIds ids;
    private final PartReader part;

    ReservationList(BlockSpace space, ReservationIds ids) {
        this.space = space;
        this.ids = ids;
        this.part = new PartReader(space);
    }

    /**
     * One reservation.
     *
     * @param position of it in the store, to go on from
     * @param id names it; callers who know it may settle it, so show it to operators only
     * @param state as drawn in StateWord; RETURNING and OVERDUE are both OVERDUE
     * @param createdMs milliseconds since 1970
     * @param expiresMs milliseconds since 1970
     * @param endedMs milliseconds since 1970, 0 = not ended
     * @param entries counters that it holds something of
     * @param held what was granted when it was made, by unit
     * @param request who, where and what; null when it has ended
     */
    public record Item(
            int position,
            String id,
            String state,
            long createdMs,
            long expiresMs,
            long endedMs,
            int entries,
            Map<String, Long> held,
            @Nullable DecisionRequest request) {}

    /**
     * The first reservation after a position.
     *
     * @param withEnded whether those count that have ended and are remembered
     * @return null when there is none
     */
    public @Nullable Item after(int position, boolean withEnded) {
        for (int head = Math.max(1, position + 1); head < space.size(); head++) {
            long word = space.segment(head).getLongVolatile(BlockSpace.at(head));
            int state = StateWord.state(word, space.stateSalt(head));
            if (StateWord.open(state) || withEnded && state > StateWord.EXPIRING && state <= StateWord.DAMAGED) {
                Item item = item(head, word, state);
                if (space.segment(head).getLongVolatile(BlockSpace.at(head)) == word) {
                    return item;
                }
                // it changed while it was read: look again
                head--;
            }
        }
        return null;
    }

    private Item item(int head, long word, int state) {
        int generation = StateWord.generation(word);
        int entries = 0;
        long newest = StateWord.open(state) ? space.guarded(head, BlockSpace.LINK) : 0;
        for (long at = newest; at > 0 && part.read(at); at = part.previous) {
            entries += part.entryCount;
        }
        long first = space.segment(head).getLong(BlockSpace.at(head) + HeadLayout.FIRST_PART);
        DecisionRequest request = new DecisionRequest();
        Map<String, Long> held = new LinkedHashMap<>();
        boolean readable = StateWord.open(state) && part.read(first) && units(held) && request.readFacts(part.chain);
        return new Item(
                head,
                ReservationIds.text(ids.high(generation, head), ids.low(generation, head)),
                STATES.get(state),
                space.segment(head).getLong(BlockSpace.at(head) + HeadLayout.CREATED),
                space.guarded(head, HeadLayout.EXPIRES),
                space.guarded(head, HeadLayout.ENDED),
                entries,
                held,
                readable ? request : null);
    }

    /** Reads past units, terms and subject. */
    private boolean units(Map<String, Long> held) {
        for (int unit = 0; unit < part.unitCount; unit++) {
            long length = part.chain.get();
            long granted = part.chain.get();
            if (length < 0 || length > DecisionRequest.MAX_ID_BYTES) {
                return false;
            }
            byte[] name = new byte[(int) length];
            part.chain.get(name, 0, name.length);
            if (granted > 0) {
                held.put(new String(name, StandardCharsets.UTF_8), granted);
            }
        }
        part.chain.skip(2L * part.termCount);
        return !part.chain.broken() && part.skipSubject();
    }
}
