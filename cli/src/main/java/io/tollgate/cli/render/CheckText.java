/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.render;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;
import io.tollgate.cli.render.Paint.Style;
import io.tollgate.envoy.auth.v3.CheckResponse;
import io.tollgate.envoy.core.v3.HeaderValueOption;
import io.tollgate.v1.DecideMode;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** An HTTP request on its way through a mapping: the rule, the question, the decision, and what Envoy gets. */
public final class CheckText {
    private final Checked checked;
    private final Page page;
    private final Paint paint;

    /**
     * What came of it.
     *
     * @param mapping  how people know it
     * @param rule     that matched; empty = none
     * @param question that the rule makes; null = none
     * @param put      the question as it was asked; null = nobody was asked
     * @param answer   of the sidecar, or the mapping's refusal; null = none
     * @param response to Envoy; null = nobody was asked
     */
    public record Checked(
            String mapping,
            String rule,
            @Nullable DecideRequest question,
            @Nullable DecideRequest put,
            @Nullable DecideResponse answer,
            @Nullable CheckResponse response) {}

    private CheckText(Checked checked, Paint paint) {
        this.checked = checked;
        this.paint = paint;
        this.page = new Page(paint);
    }

    /** The whole text. */
    public static String of(Checked checked, Paint paint) {
        return new CheckText(checked, paint).text();
    }

    private String text() {
        page.line(Style.BOLD, checked.rule().isEmpty() ? "No rule makes a question of it" : "Rule " + checked.rule());
        page.fact("mapping", checked.mapping());
        question();
        final StringBuilder text = new StringBuilder(page.toString());
        final DecideResponse answer = checked.answer();
        final DecideRequest put = checked.put();
        if (answer != null && put != null) {
            text.append('\n').append(paint.in(Style.BOLD, "Decision")).append('\n');
            text.append(VerdictText.of(put, answer, paint));
        }
        final CheckResponse response = checked.response();
        if (response != null) {
            text.append(new Response(new Page(paint)).of(response));
        }
        return text.toString();
    }

    private void question() {
        final DecideRequest question = checked.question();
        if (question == null) {
            page.fact("question", checked.answer() == null ? "none: the rule lets it pass" : "none");
            return;
        }
        final DecideRequest put = checked.put();
        if (put != null && put.getMode() != question.getMode()) {
            page.fact(
                    "asked as",
                    Style.CAREFUL,
                    "CHECK, so that nothing is taken; through Envoy it is " + mode(question.getMode())
                            + " (--take does that)");
        }
        if (!question.getActor().getApiKeySha256().isEmpty()) {
            page.fact("key", "only its SHA-256 goes on; the sidecar fills identity headers with its holder");
        }
        page.heading("Question");
        json(question).lines().forEach(page::item);
    }

    private static String mode(DecideMode mode) {
        return mode.name().substring("DECIDE_MODE_".length());
    }

    private static String json(MessageOrBuilder message) {
        try {
            return JsonFormat.printer().print(message);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a message without Any always prints", e);
        }
    }

    /** What Envoy gets. */
    private record Response(Page page) {
        String of(CheckResponse response) {
            page.heading("Envoy gets");
            if (response.hasOkResponse()) {
                final var ok = response.getOkResponse();
                page.fact("status", Style.GOOD, "lets it pass");
                headers("to service", ok.getHeadersList());
                page.fact("removes", String.join(", ", ok.getHeadersToRemoveList()));
                headers("to client", ok.getResponseHeadersToAddList());
            } else {
                final var denied = response.getDeniedResponse();
                final int status = denied.getStatus().getCode();
                page.fact("status", Style.BAD, Integer.toString(status));
                headers("headers", denied.getHeadersList());
                page.fact("body", denied.getBody());
            }
            page.fact("metadata", metadata(response));
            return page.toString();
        }

        private void headers(String name, List<HeaderValueOption> headers) {
            String first = name;
            for (HeaderValueOption each : headers) {
                page.fact(
                        first,
                        each.getHeader().getKey().toLowerCase(Locale.ROOT) + ": "
                                + each.getHeader().getValue());
                first = "";
            }
        }

        private static String metadata(CheckResponse response) {
            try {
                return JsonFormat.printer()
                        .omittingInsignificantWhitespace()
                        .sortingMapKeys()
                        .print(response.getDynamicMetadata());
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException("a message without Any always prints", e);
            }
        }
    }
}
