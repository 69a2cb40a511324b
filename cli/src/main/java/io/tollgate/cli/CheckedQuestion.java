/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;
import io.tollgate.cli.render.CheckText;
import io.tollgate.client.Decision;
import io.tollgate.client.DecisionRequest;
import io.tollgate.envoy.auth.v3.CheckResponse;
import io.tollgate.server.envoy.ExtAuthz;
import io.tollgate.v1.DecideMode;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@code tollgate decide --from-check}: an HTTP request on its way through mapping, decision and answer. */
final class CheckedQuestion {
    private final CheckOptions options;
    private final SidecarAddress sidecar;
    private final OutputOptions output;

    CheckedQuestion(CheckOptions options, SidecarAddress sidecar, OutputOptions output) {
        this.options = options;
        this.sidecar = sidecar;
        this.output = output;
    }

    int run() {
        options.requireSense();
        final CheckOptions.Named named = options.mapping();
        final ExtAuthz ext = new ExtAuthz(named.mapping(), System::currentTimeMillis);
        final ExtAuthz.Asked asked =
                ext.read(CheckCapture.read(output.session(), Objects.requireNonNull(options.file)));
        final DecideRequest question = asked.question();
        final DecideResponse refusal = asked.refusal();
        if (question == null) {
            final CheckResponse response = refusal == null ? ext.pass(asked) : ext.answer(asked, refusal);
            show(new CheckText.Checked(named.name(), asked.rule(), null, null, refusal, response));
            return refusal == null ? ExitCode.OK : ExitCode.NO;
        }
        if (options.questionOnly) {
            show(new CheckText.Checked(named.name(), asked.rule(), question, null, null, null));
            return ExitCode.OK;
        }
        final DecideRequest put = options.take
                ? question
                : question.toBuilder().setMode(DecideMode.DECIDE_MODE_CHECK).build();
        final Decision decision = sidecar.ask(client -> client.decide(DecisionRequest.of(put), sidecar.timeout));
        if (decision.cause().isPresent()) {
            throw sidecar.noAnswer(decision.cause().get());
        }
        final DecideResponse answer = decision.raw();
        show(new CheckText.Checked(named.name(), asked.rule(), question, put, answer, ext.answer(asked, answer)));
        return ExitCode.of(answer);
    }

    private void show(CheckText.Checked checked) {
        final JsonObject json = new JsonObject();
        json.addProperty("mapping", checked.mapping());
        json.addProperty("rule", checked.rule());
        add(json, "question", checked.question());
        if (checked.put() != null) {
            json.addProperty("askedAs", checked.put().getMode().name());
        }
        add(json, "decision", checked.answer());
        add(json, "response", checked.response());
        output.print(json, paint -> CheckText.of(checked, paint));
    }

    private static void add(JsonObject to, String name, @Nullable MessageOrBuilder message) {
        if (message != null) {
            to.add(name, json(message));
        }
    }

    private static JsonElement json(MessageOrBuilder message) {
        try {
            return JsonParser.parseString(JsonFormat.printer().print(message));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a message without Any always prints", e);
        }
    }
}
