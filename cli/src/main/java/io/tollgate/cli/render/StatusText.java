/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.render;

import io.tollgate.cli.render.Paint.Style;
import io.tollgate.v1.ClockStatus;
import io.tollgate.v1.ControlPlaneStatus;
import io.tollgate.v1.CounterStoreStatus;
import io.tollgate.v1.DecisionCount;
import io.tollgate.v1.Listener;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.PlaneStatus;
import io.tollgate.v1.SidecarState;
import io.tollgate.v1.SnapshotStatus;
import io.tollgate.v1.StatusResponse;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The text of {@code tollgate status} and {@code tollgate health}. */
public final class StatusText {
    private static final int DIGEST_SHOWN = 12;

    private final Page page;
    private final StatusResponse status;

    private StatusText(Page page, StatusResponse status) {
        this.page = page;
        this.status = status;
    }

    /** All that a sidecar says about itself. */
    public static String of(StatusResponse status, Paint paint) {
        final Page page = new Page(paint);
        final StatusText text = new StatusText(page, status);
        text.title();
        text.snapshot();
        page.table("Evidence", text.planes());
        text.controlPlane();
        text.listeners();
        text.counters();
        JournalText.summary(page, status.getJournal());
        DecisionLogText.on(page, status.getDecisionLog());
        SettlementText.on(page, status.getEnvoySettlements());
        text.clock();
        DryRunText.show(page, status.getDryRun());
        page.table("Decisions", text.decisions());
        return page.toString();
    }

    /** One line for a probe: "READY: acme version 7, oldest evidence POLICY 1.2 s of 30 s". */
    public static String health(StatusResponse status, Paint paint) {
        final Page page = new Page(paint);
        page.line(style(status.getState()), Words.of(status.getState()) + ": " + healthDetail(status));
        return page.toString();
    }

    private static String healthDetail(StatusResponse status) {
        if (!status.getSnapshot().getPresent()) {
            final String error = status.getControlPlane().getLastError();
            return "no snapshot" + (error.isEmpty() ? "" : "; control plane: " + error);
        }
        final String snapshot = status.getSnapshot().getBundle() + " version "
                + status.getSnapshot().getVersion();
        final List<PlaneStatus> stale =
                status.getPlanesList().stream().filter(PlaneStatus::getStale).toList();
        if (!stale.isEmpty()) {
            return snapshot + ", too old: "
                    + String.join(", ", stale.stream().map(StatusText::age).toList());
        }
        return snapshot
                + status.getPlanesList().stream()
                        .max(Comparator.comparingLong(PlaneStatus::getAgeMs))
                        .map(oldest -> ", oldest evidence " + age(oldest))
                        .orElse("");
    }

    private static String age(PlaneStatus plane) {
        final String age = plane.getAgeMs() < 0 ? "never confirmed" : Human.durationMs(plane.getAgeMs());
        return Words.of(plane.getPlane()) + " " + age
                + (plane.getMaxAgeMs() > 0 ? " of " + Human.durationMs(plane.getMaxAgeMs()) : "");
    }

    private static Style style(SidecarState state) {
        return switch (state) {
            case SIDECAR_STATE_READY -> Style.STRONG_GOOD;
            case SIDECAR_STATE_STALE -> Style.STRONG_BAD;
            default -> Style.CAREFUL;
        };
    }

    private void title() {
        page.line(
                style(status.getState()),
                Words.of(status.getState()) + ": sidecar " + status.getSidecarId() + ", up "
                        + Human.durationMs(status.getUptimeMs()));
        page.fact("build", status.getBuild());
        page.fact("boot", status.getBootId());
    }

    private void snapshot() {
        final SnapshotStatus snapshot = status.getSnapshot();
        page.heading("Snapshot");
        if (snapshot.getPresent()) {
            page.fact(
                    "bundle",
                    Style.BOLD,
                    snapshot.getBundle() + " version " + snapshot.getVersion() + ", epoch " + snapshot.getEpoch()
                            + ", registry " + snapshot.getRegistryVersion());
            page.fact("digest", shortened(snapshot.getDigest()));
            signature(snapshot);
            page.fact(
                    "holds",
                    Human.count(snapshot.getScopeCount(), "scope") + ", " + Human.count(snapshot.getRuleCount(), "rule")
                            + ", " + Human.count(snapshot.getCeilingCount(), "ceiling") + ", "
                            + Human.bytes(snapshot.getLengthBytes()));
            deltas(snapshot);
            page.fact("created", Human.instant(snapshot.getCreatedAtMs()));
            page.fact("active", "since " + Human.instant(snapshot.getActivatedAtMs()));
        } else {
            page.item(Style.STRONG_BAD, "none: every decision is denied with SNAPSHOT_MISSING");
        }
        page.fact(
                "installed",
                snapshot.getRefusedCount() > 0 ? Style.CAREFUL : Style.NONE,
                Human.number(snapshot.getInstalledCount()) + ", refused " + Human.number(snapshot.getRefusedCount()));
        if (!snapshot.getLastError().isEmpty()) {
            final String when =
                    snapshot.getLastErrorAtMs() > 0 ? " (" + Human.instant(snapshot.getLastErrorAtMs()) + ")" : "";
            page.fact("last error", Style.BAD, snapshot.getLastError() + when);
        }
        page.fact("files", snapshot.getDirectory());
    }

    private void deltas(SnapshotStatus snapshot) {
        if (snapshot.getDeltaSequence() > 0) {
            final String applied = snapshot.getDeltaCount() == 0
                    ? "all in the snapshot"
                    : Human.count(snapshot.getDeltaCount(), "delta") + " on top of the snapshot, "
                            + Human.count(snapshot.getOverlayRows(), "record") + " changed, "
                            + Human.bytes(snapshot.getOverlayBytes());
            final String last =
                    snapshot.getLastDeltaAtMs() > 0 ? ", last " + Human.instant(snapshot.getLastDeltaAtMs()) : "";
            page.fact("deltas", "up to " + Human.number(snapshot.getDeltaSequence()) + ": " + applied + last);
        }
        if (snapshot.getDeltasRefusedCount() > 0) {
            page.fact("deltas refused", Style.CAREFUL, counts(snapshot.getDeltasRefusedMap()));
            page.fact("last refusal", Style.CAREFUL, snapshot.getLastDeltaError());
        }
        if (snapshot.getResyncsCount() > 0) {
            page.fact("resyncs", Style.CAREFUL, counts(snapshot.getResyncsMap()));
        }
    }

    private static String counts(Map<String, Long> counts) {
        return counts.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(count -> count.getKey() + " " + Human.number(count.getValue()))
                .collect(Collectors.joining(", "));
    }

    private void signature(SnapshotStatus snapshot) {
        if (!snapshot.getDistrusted().isEmpty()) {
            page.fact("signature", Style.STRONG_BAD, "NO LONGER TRUSTED: " + snapshot.getDistrusted());
        } else if (!snapshot.getSignatureVerified()) {
            page.fact(
                    "signature",
                    Style.STRONG_BAD,
                    "UNSIGNED: nothing proves who made this snapshot (trust.unsigned: allow)");
        } else if (snapshot.getUnsignedAllowed()) {
            page.fact(
                    "signature",
                    Style.STRONG_BAD,
                    "verified, key " + snapshot.getSignatureKeyId()
                            + "; but UNSIGNED snapshots would be taken too (trust.unsigned: allow)");
        } else {
            page.fact("signature", Style.GOOD, "verified, key " + snapshot.getSignatureKeyId());
        }
    }

    private Table planes() {
        final Table table = new Table()
                .text("plane")
                .number("age")
                .number("may be")
                .text("")
                .text("detail");
        for (PlaneStatus plane : status.getPlanesList()) {
            table.row(plane.getStale())
                    .cell(Words.of(plane.getPlane()))
                    .cell(plane.getAgeMs() < 0 ? "never" : Human.durationMs(plane.getAgeMs()))
                    .cell(plane.getMaxAgeMs() > 0 ? Human.durationMs(plane.getMaxAgeMs()) : "")
                    .cell(plane.getStale() ? Style.STRONG_BAD : Style.GOOD, plane.getStale() ? "STALE" : "fresh")
                    .cell(plane.getDetail());
        }
        return table;
    }

    private void controlPlane() {
        final ControlPlaneStatus plane = status.getControlPlane();
        if (plane.getAddress().isEmpty()) {
            return;
        }
        final boolean isFile = plane.getAddress().contains("://");
        page.heading(isFile ? "Snapshot source" : "Control plane");
        page.fact(
                "address",
                plane.getConnected() ? Style.NONE : Style.STRONG_BAD,
                plane.getAddress()
                        + (isFile
                                ? plane.getConnected() ? ", readable" : ", NOT USABLE"
                                : plane.getConnected() ? ", connected" : ", NOT CONNECTED"));
        page.fact(
                "confirmed",
                plane.getLastConfirmedAgeMs() < 0 ? "never" : Human.durationMs(plane.getLastConfirmedAgeMs()) + " ago");
        if (plane.getConsecutiveFailures() > 0) {
            page.fact("failures", Style.CAREFUL, Human.number(plane.getConsecutiveFailures()) + " in a row");
        }
        page.fact("last error", Style.BAD, plane.getLastError());
    }

    private void listeners() {
        if (status.getListenersCount() > 0) {
            page.heading("Listeners");
            for (Listener listener : status.getListenersList()) {
                page.fact(listener.getName(), listener.getAddress());
            }
        }
    }

    private void counters() {
        if (!status.hasCounters()) {
            return;
        }
        final CounterStoreStatus counters = status.getCounters();
        page.heading("Counters");
        page.fact(
                "cells",
                Human.number(counters.getCellCount()) + " of " + Human.number(counters.getCapacity()) + ", "
                        + Human.bytes(counters.getLengthBytes()));
        page.fact("files", counters.getDirectory());
    }

    private void clock() {
        final ClockStatus clock = status.getClock();
        if (clock.getStepCount() + clock.getPauseCount() + clock.getHealedCounterCount() == 0) {
            return;
        }
        page.heading("Clock");
        if (clock.getStepCount() > 0) {
            final String direction = clock.getLastStepMs() < 0 ? " back" : " ahead, or the machine slept";
            page.fact(
                    "steps",
                    Style.CAREFUL,
                    Human.number(clock.getStepCount()) + ", the last one "
                            + Human.durationMs(Math.abs(clock.getLastStepMs())) + direction + " ("
                            + Human.instant(clock.getLastStepAtMs()) + ")");
        }
        if (clock.getPauseCount() > 0) {
            page.fact(
                    "pauses",
                    Style.CAREFUL,
                    Human.number(clock.getPauseCount()) + ", the last one " + Human.durationMs(clock.getLastPauseMs()));
        }
        if (clock.getHealedCounterCount() > 0) {
            page.fact(
                    "healed",
                    Style.CAREFUL,
                    Human.number(clock.getHealedCounterCount()) + " counters that were ahead of the clock");
        }
    }

    /** Shed calls are among those denied as OVERLOADED; they are told apart, as they cost no decision. */
    private Table decisions() {
        final Table table = new Table().text("outcome").text("reason").number("count");
        status.getDecisionsList().stream()
                .sorted(Comparator.comparing(DecisionCount::getOutcomeValue)
                        .thenComparing(DecisionCount::getCount, Comparator.reverseOrder()))
                .forEach(count -> table.row(false)
                        .cell(
                                count.getOutcome() == Outcome.OUTCOME_DENY ? Style.BAD : Style.GOOD,
                                Words.of(count.getOutcome()))
                        .cell(Words.of(count.getReason()))
                        .cell(Human.number(count.getCount())));
        if (status.getShedCount() > 0) {
            table.row(true).cell(Style.STRONG_BAD, "shed").cell("").cell(Human.number(status.getShedCount()));
        }
        return table;
    }

    private static String shortened(String digest) {
        return digest.length() <= DIGEST_SHOWN ? digest : digest.substring(0, DIGEST_SHOWN) + "...";
    }
}
