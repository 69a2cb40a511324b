/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.admin;

import io.grpc.Status;
import io.grpc.StatusException;
import io.tollgate.core.DecisionClock;
import io.tollgate.core.ScopeLevel;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.Field;
import io.tollgate.core.reservation.ReservationList;
import io.tollgate.core.reservation.ReservationStore;
import io.tollgate.server.lifecycle.SnapshotFeed;
import io.tollgate.v1.ListReservationsRequest;
import io.tollgate.v1.ListReservationsResponse;
import io.tollgate.v1.ReservationCounts;
import io.tollgate.v1.ReservationStatus;
import io.tollgate.v1.ScopeRef;
import io.tollgate.v1.Usage;

/** Lists reservations, page by page. For any thread. */
final class ReservationReport {
    private static final int USUAL_PAGE = 100;
    private static final int LARGEST_PAGE = 1_000;
    private static final long NS_PER_MS = 1_000_000L;

    private final SnapshotFeed feed;

    ReservationReport(final SnapshotFeed feed) {
        this.feed = feed;
    }

    ListReservationsResponse make(final ListReservationsRequest request) throws StatusException {
        final ReservationStore store = feed.reservations();
        final int size = request.getPageSize() == 0 ? USUAL_PAGE : Math.min(LARGEST_PAGE, request.getPageSize());
        final ListReservationsResponse.Builder page =
                ListReservationsResponse.newBuilder().setCounts(counts(store));
        final ReservationList list = store.list();
        final DecisionClock clock = feed.clock();
        final long nowMs = Math.floorDiv(clock.monotonicNs() + clock.epochOffsetNs(), NS_PER_MS);
        ReservationList.Item item = list.after(position(request.getPageToken()), request.getIncludeEnded());
        while (item != null && page.getReservationsCount() < size) {
            page.addReservations(status(item, nowMs));
            page.setNextPageToken(Integer.toString(item.position()));
            item = list.after(item.position(), request.getIncludeEnded());
        }
        return (item == null ? page.clearNextPageToken() : page).build();
    }

    private static int position(final String token) throws StatusException {
        if (token.isEmpty()) {
            return 0;
        }
        try {
            return Math.max(0, Integer.parseInt(token));
        } catch (final NumberFormatException e) {
            throw Status.INVALID_ARGUMENT
                    .withDescription("page_token '" + token + "' is none; pass on next_page_token of the page before")
                    .asException();
        }
    }

    private ReservationCounts counts(final ReservationStore store) {
        return ReservationCounts.newBuilder()
                .setReserved(store.reserved())
                .setOverdue(store.overdue())
                .setEnded(store.ended())
                .setDamaged(store.damaged())
                .setIdempotencyKeys(store.keys())
                .setLengthBytes(store.lengthBytes())
                .setUsedRatio(store.usedShare())
                .setSetAside(feed.reservationsWereSetAside())
                .build();
    }

    private static ReservationStatus status(final ReservationList.Item item, final long nowMs) {
        final ReservationStatus.Builder status = ReservationStatus.newBuilder()
                .setReservationId(item.id())
                .setState(item.state())
                .setCreatedAtMs(item.createdMs())
                .setExpiresInMs(item.expiresMs() - nowMs)
                .setCounterCount(item.entries());
        item.held()
                .forEach((unit, amount) ->
                        status.addHeld(Usage.newBuilder().setUnit(unit).setAmount(amount)));
        final DecisionRequest asked = item.request();
        if (asked != null) {
            status.setScope(scope(asked))
                    .setOperation(text(asked, Field.PRODUCT) + "/" + text(asked, Field.RESOURCE_TYPE) + "/"
                            + text(asked, Field.ACTION));
            if (!asked.isAbsent(Field.ACTOR_ID)) {
                status.setActor(text(asked, Field.ACTOR_TYPE) + ":" + text(asked, Field.ACTOR_ID));
            }
        }
        return status.build();
    }

    private static ScopeRef scope(final DecisionRequest asked) {
        final String organization = "org:" + text(asked, Field.ORGANIZATION);
        final ScopeRef.Builder scope = ScopeRef.newBuilder();
        if (!asked.isAbsent(Field.PROJECT)) {
            return scope.setLevelValue(ScopeLevel.PROJECT.code())
                    .setPath(organization + "/project:" + text(asked, Field.PROJECT))
                    .build();
        }
        if (!asked.isAbsent(Field.DEPARTMENT)) {
            return scope.setLevelValue(ScopeLevel.DEPARTMENT.code())
                    .setPath(organization + "/department:" + text(asked, Field.DEPARTMENT))
                    .build();
        }
        return scope.setLevelValue(ScopeLevel.ORGANIZATION.code())
                .setPath(organization)
                .build();
    }

    private static String text(final DecisionRequest asked, final Field field) {
        final String text = asked.text(field);
        return text == null ? "" : text;
    }
}
