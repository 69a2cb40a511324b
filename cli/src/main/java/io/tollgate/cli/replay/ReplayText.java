/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.replay;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.tollgate.cli.render.ExplanationText;
import io.tollgate.cli.render.Paint;
import io.tollgate.cli.render.Paint.Style;
import io.tollgate.cli.render.Table;
import io.tollgate.v1.DecideResponse;
import java.util.List;

/** The result of a replay, for people and for programs. */
public final class ReplayText {
    private ReplayText() {}

    /** For people. */
    public static String of(ReplayResult result, Paint paint) {
        final StringBuilder text = new StringBuilder();
        switch (result.verdict()) {
            case SAME ->
                text.append(paint.in(Style.STRONG_GOOD, "SAME")).append(": every field of the answer was made again");
            case DIFFERS ->
                text.append(paint.in(Style.STRONG_BAD, "DIFFERS"))
                        .append(": ")
                        .append(fields(result.differences().size()))
                        .append(" not the recorded one");
            case UNCERTAIN ->
                text.append(paint.in(Style.CAREFUL, "UNCERTAIN"))
                        .append(": ")
                        .append(
                                result.differences().isEmpty()
                                        ? "what could be replayed is equal"
                                        : fields(result.differences().size()) + " not the recorded one");
            case NOT_REPLAYABLE -> text.append(paint.in(Style.CAREFUL, "NOT REPLAYABLE"));
        }
        text.append('\n');
        result.reasons()
                .forEach(reason ->
                        text.append("  ").append(paint.in(Style.NONE, reason)).append('\n'));
        if (!result.notCompared().isEmpty()) {
            text.append(paint.in(
                            Style.DIM,
                            "  made anew each time, so not compared: " + String.join(", ", result.notCompared())))
                    .append('\n');
        }
        if (!result.differences().isEmpty()) {
            text.append('\n').append(differences(result.differences(), paint));
        }
        if (result.answer().hasExplanation()) {
            text.append('\n').append(ExplanationText.of(result.question(), result.answer(), paint));
        }
        return text.toString();
    }

    private static String fields(int count) {
        return count == 1 ? "1 field is" : count + " fields are";
    }

    private static String differences(List<FieldDifference> differences, Paint paint) {
        final Table table = new Table().text("field").text("recorded").text("replayed");
        for (FieldDifference difference : differences) {
            table.row(false)
                    .cell(difference.field())
                    .cell(orNothing(difference.recorded()))
                    .cell(Style.BAD, orNothing(difference.replayed()));
        }
        return String.join("\n", table.lines(paint)) + "\n";
    }

    private static String orNothing(String value) {
        return value.isEmpty() ? "(nothing)" : value;
    }

    /** For programs. */
    public static JsonObject json(ReplayResult result) {
        final JsonObject json = new JsonObject();
        json.addProperty("same", result.verdict() == ReplayResult.Verdict.SAME);
        json.addProperty("verdict", result.verdict().name());
        json.add("reasons", list(result.reasons()));
        final JsonArray differences = new JsonArray();
        for (FieldDifference each : result.differences()) {
            final JsonObject difference = new JsonObject();
            difference.addProperty("field", each.field());
            difference.addProperty("recorded", each.recorded());
            difference.addProperty("replayed", each.replayed());
            differences.add(difference);
        }
        json.add("differences", differences);
        json.add("notCompared", list(result.notCompared()));
        json.add("replayed", message(result.answer()));
        return json;
    }

    private static JsonArray list(List<String> texts) {
        final JsonArray list = new JsonArray();
        texts.forEach(list::add);
        return list;
    }

    private static JsonElement message(DecideResponse answer) {
        try {
            return JsonParser.parseString(JsonFormat.printer().print(answer));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a message without Any always prints", e);
        }
    }
}
