/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.suite;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import java.util.List;

/** The runs as programs read them. */
public final class SuiteJson {
    private SuiteJson() {}

    /** {@return all of it}; without coverage when some tests were left out. */
    public static JsonObject of(String bundle, List<TestRun> runs, Coverage coverage, boolean complete) {
        final JsonObject json = new JsonObject();
        json.addProperty("bundle", bundle);
        json.addProperty("passed", runs.stream().filter(TestRun::passed).count());
        json.addProperty("failed", runs.stream().filter(run -> !run.passed()).count());
        final JsonArray tests = new JsonArray();
        runs.forEach(run -> tests.add(test(run)));
        json.add("tests", tests);
        if (complete) {
            json.add("coverage", coverage(coverage));
        }
        return json;
    }

    private static JsonObject test(TestRun run) {
        final JsonObject test = new JsonObject();
        test.addProperty("name", run.test().name());
        test.addProperty("file", run.test().at().file());
        test.addProperty("line", run.test().at().line());
        test.addProperty("passed", run.passed());
        run.failure().ifPresent(failure -> test.add("failure", failure(failure)));
        return test;
    }

    private static JsonObject failure(TestRun.Failure failure) {
        final JsonObject json = new JsonObject();
        json.addProperty("step", failure.number());
        json.addProperty("line", failure.step().at().line());
        final JsonArray differences = new JsonArray();
        for (Difference each : failure.differences()) {
            final JsonObject difference = new JsonObject();
            difference.addProperty("field", each.field());
            difference.addProperty("expected", each.expected());
            difference.addProperty("actual", each.actual());
            differences.add(difference);
        }
        json.add("differences", differences);
        failure.question().ifPresent(question -> json.add("request", message(question)));
        failure.answer().ifPresent(answer -> json.add("response", message(answer)));
        return json;
    }

    private static JsonElement message(Message message) {
        try {
            return JsonParser.parseString(JsonFormat.printer().print(message));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("an answer without Any fields has a JSON form", e);
        }
    }

    private static JsonObject coverage(Coverage coverage) {
        final JsonObject json = new JsonObject();
        json.addProperty("rules", coverage.ruleCount());
        json.addProperty("percent", coverage.percent());
        final JsonArray unmatched = new JsonArray();
        for (Coverage.Rule rule : coverage.unmatched()) {
            final JsonObject each = new JsonObject();
            each.addProperty("scope", rule.scope());
            each.addProperty("rule", rule.id());
            each.addProperty("source", rule.source());
            unmatched.add(each);
        }
        json.add("unmatched", unmatched);
        return json;
    }
}
