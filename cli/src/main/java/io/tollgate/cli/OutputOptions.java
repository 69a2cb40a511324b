/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;
import io.tollgate.cli.render.Paint;
import java.io.PrintWriter;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How the answer is shown. Answers go to standard output, everything else to standard error. */
final class OutputOptions {
    private static final Gson GSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    private static final Gson LINE_GSON =
            new GsonBuilder().disableHtmlEscaping().create();

    /** For people, or for programs. */
    enum Format {
        table,
        json
    }

    @Spec(Spec.Target.MIXEE)
    CommandSpec spec;

    @Option(
            names = "--output",
            paramLabel = "FORMAT",
            defaultValue = "table",
            description =
                    "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}. JSON follows protobuf's rules: 64-bit integers are strings.")
    Format format;

    Session session() {
        return Session.of(spec);
    }

    boolean isJson() {
        return format == Format.json;
    }

    /** A message of the protocol as JSON, or as the text made of it. */
    void print(MessageOrBuilder message, Function<Paint, String> text) {
        print(isJson() ? json(message) + "\n" : text.apply(session().paint()));
    }

    /** What is no message of the protocol. */
    void print(JsonElement json, Function<Paint, String> text) {
        print(isJson() ? GSON.toJson(json) + "\n" : text.apply(session().paint()));
    }

    /** One of many events: JSON in one line. */
    void printLine(JsonElement json, Function<Paint, String> text) {
        print(isJson() ? LINE_GSON.toJson(json) + "\n" : text.apply(session().paint()));
    }

    private void print(String text) {
        final PrintWriter out = spec.commandLine().getOut();
        out.print(text);
        out.flush();
    }

    private static String json(MessageOrBuilder message) {
        try {
            return JsonFormat.printer().print(message);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a message without Any always prints", e);
        }
    }
}
