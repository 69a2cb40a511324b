/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.render;

import io.tollgate.cli.render.Paint.Style;
import io.tollgate.v1.Actor;
import io.tollgate.v1.CeilingState;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DecisionLogEntry;
import io.tollgate.v1.Outcome;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** An entry of the decision log in one line: when, outcome, reason, who, what, where, the ceiling that binds, the decision's id. */
public final class EntryText {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final int REASON_WIDTH = 20;

    private EntryText() {}

    /** Without its end. */
    public static String line(DecisionLogEntry entry, Paint paint) {
        final DecideResponse response = entry.getResponse();
        final StringBuilder line = new StringBuilder();
        line.append(paint.in(Style.DIM, TIME.format(Instant.ofEpochMilli(entry.getTimestampMs()))));
        add(line, paint.in(style(response.getOutcome()), padded(Words.of(response.getOutcome()), 5)));
        add(line, paint.in(Style.NONE, padded(Words.reason(response), REASON_WIDTH)));
        if (entry.hasRequest()) {
            add(line, paint.in(Style.NONE, actor(entry.getRequest().getActor())));
            add(line, paint.in(Style.BOLD, Words.action(entry.getRequest().getTarget())));
            add(line, paint.in(Style.NONE, place(entry.getRequest())));
        } else if (entry.hasExtend()) {
            add(line, paint.in(Style.BOLD, "extend " + entry.getExtend().getReservationId()));
        }
        if (response.hasBindingCeiling()) {
            add(line, paint.in(Style.CAREFUL, ceiling(response.getBindingCeiling())));
        }
        if (entry.getBatchSize() > 0) {
            final String door = entry.getFace().equals("batch") ? "batch " : entry.getFace() + " batch ";
            add(line, paint.in(Style.DIM, door + (entry.getBatchIndex() + 1) + "/" + entry.getBatchSize()));
        } else if (!entry.getFace().equals("decide") && !entry.hasExtend()) {
            add(line, paint.in(Style.DIM, entry.getFace()));
        }
        if (entry.getAudited()) {
            add(line, paint.in(Style.DIM, "audited"));
        }
        return add(line, paint.in(Style.DIM, response.getDecisionId())).toString();
    }

    private static StringBuilder add(StringBuilder line, String part) {
        return part.isEmpty() ? line : line.append("  ").append(part);
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    private static String actor(Actor actor) {
        if (!actor.getId().isEmpty()) {
            return actor.getType() + ":" + actor.getId();
        }
        if (!actor.getApiKeySha256().isEmpty()) {
            final StringBuilder key = new StringBuilder("key:");
            for (byte one : actor.getApiKeySha256().toByteArray()) {
                key.append(String.format("%02x", one));
            }
            return key.toString();
        }
        return actor.getType().isEmpty() ? "-" : actor.getType() + ":-";
    }

    private static String place(DecideRequest request) {
        final String place = Words.place(request.getPlace());
        return place.isEmpty() ? "-" : place;
    }

    private static String ceiling(CeilingState ceiling) {
        return ceiling.getId() + " at " + Words.scope(ceiling.getScope())
                + (ceiling.getUnlimited() ? "" : " (" + Human.number(ceiling.getRemaining()) + " left)");
    }

    private static Style style(Outcome outcome) {
        return switch (outcome) {
            case OUTCOME_ALLOW -> Style.GOOD;
            case OUTCOME_WARN -> Style.CAREFUL;
            default -> Style.STRONG_BAD;
        };
    }
}
