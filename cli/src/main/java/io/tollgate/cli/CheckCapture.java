/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonSyntaxException;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TextFormat;
import com.google.protobuf.util.JsonFormat;
import io.tollgate.envoy.auth.v3.CheckRequest;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;

/**
 * A CheckRequest as somebody caught it: JSON with names in either case, or the text that Envoy's log shows. Fields of Envoy's API that
 * Tollgate does not read are passed over.
 */
final class CheckCapture {
    /** What stands before it in Envoy's log, and what the next entry of the log begins with. */
    private static final String SENDING = "Sending CheckRequest:";

    private static final String NEXT_ENTRY = "\n[";
    /** What protobuf writes before a text that is for people. */
    private static final Pattern FOR_PEOPLE = Pattern.compile("\\A\\s*goo\\.gle/debug\\w+\\s");

    /** It warns of every field that is passed over. Held here, or it would be forgotten with its level. */
    private static final Logger CHATTY = Logger.getLogger(TextFormat.class.getName());

    static {
        CHATTY.setLevel(Level.SEVERE);
    }

    private CheckCapture() {}

    static CheckRequest read(Session session, Path file) {
        final String name = RequestJson.name(file);
        final String whole = RequestJson.text(session, file, name).strip();
        final CheckRequest check = whole.startsWith("{") ? json(whole, name) : text(whole, name);
        final var http = check.getAttributes().getRequest().getHttp();
        if (http.getPath().isEmpty()) {
            throw CommandFailure.usage(
                    name + " holds no attributes.request.http.path; write at least\n"
                            + "{ \"attributes\": { \"request\": { \"http\": { \"method\": \"GET\", \"path\": \"/v1/models\" } } } }");
        }
        return check;
    }

    private static CheckRequest json(String text, String name) {
        final CheckRequest.Builder check = CheckRequest.newBuilder();
        try {
            final JsonElement whole = JsonParser.parseString(text);
            final JsonObject attributes = whole.getAsJsonObject();
            if (!attributes.has("attributes") && attributes.has("request")) {
                JsonFormat.parser().ignoringUnknownFields().merge(text, check.getAttributesBuilder());
            } else {
                JsonFormat.parser().ignoringUnknownFields().merge(text, check);
            }
        } catch (JsonSyntaxException e) {
            throw CommandFailure.usage(name + ": " + RequestJson.explain("MalformedJsonException " + e.getMessage()));
        } catch (InvalidProtocolBufferException e) {
            throw CommandFailure.usage(name + ": " + RequestJson.explain(String.valueOf(e.getMessage())));
        }
        return check.build();
    }

    /** {@return the last that a log shows; what is no log as it is} */
    private static String newestLogged(String text) {
        final int sending = text.lastIndexOf(SENDING);
        if (sending < 0) {
            return text;
        }
        final int from = sending + SENDING.length();
        final int next = text.indexOf(NEXT_ENTRY, from);
        return text.substring(from, next < 0 ? text.length() : next);
    }

    private static CheckRequest text(String text, String name) {
        final String message =
                FOR_PEOPLE.matcher(newestLogged(text)).replaceFirst("").strip();
        final CheckRequest.Builder check = CheckRequest.newBuilder();
        try {
            TextFormat.Parser.newBuilder()
                    .setAllowUnknownFields(true)
                    .setAllowUnknownExtensions(true)
                    .build()
                    .merge(message, check);
        } catch (TextFormat.ParseException e) {
            throw CommandFailure.usage(name + " is neither JSON nor the text of a CheckRequest: line " + e.getLine()
                    + ", column " + e.getColumn() + " of the text. Of Envoy's log give the entry that says '" + SENDING
                    + "', all of its lines.");
        }
        return check.build();
    }
}
