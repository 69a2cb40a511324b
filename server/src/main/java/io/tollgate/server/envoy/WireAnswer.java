/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy;

import io.tollgate.server.envoy.wire.WireWriter;
import java.util.Map;

/** Makes the bytes of the message, field numbers of envoy.service.auth.v3. Reused; belongs to one thread. */
public final class WireAnswer implements AnswerSink {
    // CheckResponse
    private static final int STATUS = 1;
    private static final int DENIED_RESPONSE = 2;
    private static final int OK_RESPONSE = 3;
    private static final int DYNAMIC_METADATA = 4;
    // Status, HttpStatus
    private static final int CODE = 1;
    // DeniedHttpResponse
    private static final int DENIED_STATUS = 1;
    private static final int DENIED_HEADERS = 2;
    private static final int DENIED_BODY = 3;
    // OkHttpResponse
    private static final int OK_HEADERS = 2;
    private static final int OK_HEADERS_TO_REMOVE = 5;
    private static final int OK_RESPONSE_HEADERS_TO_ADD = 6;
    // HeaderValueOption
    private static final int HEADER = 1;
    /** append = false, append_action = OVERWRITE_IF_EXISTS_OR_ADD. */
    private static final byte[] REPLACES = {2 << 3 | 2, 0, 3 << 3, 2};
    // HeaderValue, entries of maps
    private static final int KEY = 1;
    private static final int VALUE = 2;
    // Struct
    private static final int FIELDS = 1;
    // Value
    private static final int STRING_VALUE = 3;
    private static final int STRUCT_VALUE = 5;

    private final WireWriter out = new WireWriter();
    private int opened;
    private boolean isDenied;

    /** Holds nothing yet. */
    public WireAnswer() {}

    @Override
    public void allow() {
        begin(false);
        out.close(out.open(STATUS));
        opened = out.open(OK_RESPONSE);
    }

    @Override
    public void deny(final int code, final int status) {
        begin(true);
        final int rpc = out.open(STATUS);
        out.number(CODE, code);
        out.close(rpc);
        opened = out.open(DENIED_RESPONSE);
        final int http = out.open(DENIED_STATUS);
        out.number(CODE, status);
        out.close(http);
    }

    private void begin(final boolean denies) {
        out.clear();
        isDenied = denies;
    }

    @Override
    public void upstream(final String name, final String value) {
        header(OK_HEADERS, name, value);
    }

    @Override
    public void remove(final String name) {
        out.text(OK_HEADERS_TO_REMOVE, name);
    }

    @Override
    public void client(final String name, final String value) {
        header(isDenied ? DENIED_HEADERS : OK_RESPONSE_HEADERS_TO_ADD, name, value);
    }

    private void header(final int field, final String name, final String value) {
        final int option = out.open(field);
        final int header = out.open(HEADER);
        out.text(KEY, name);
        out.text(VALUE, value);
        out.close(header);
        out.raw(REPLACES);
        out.close(option);
    }

    @Override
    public void body(final String text) {
        out.text(DENIED_BODY, text);
    }

    @Override
    public void metadata() {
        out.close(opened);
        opened = out.open(DYNAMIC_METADATA);
    }

    @Override
    public void metadata(final String key, final String value) {
        final int entry = out.open(FIELDS);
        out.text(KEY, key);
        text(value);
        out.close(entry);
    }

    @Override
    public void metadata(final String key, final Map<String, String> values) {
        final int entry = out.open(FIELDS);
        out.text(KEY, key);
        final int value = out.open(VALUE);
        final int struct = out.open(STRUCT_VALUE);
        values.forEach(this::metadata);
        out.close(struct);
        out.close(value);
        out.close(entry);
    }

    private void text(final String text) {
        final int value = out.open(VALUE);
        out.text(STRING_VALUE, text);
        out.close(value);
    }

    /** {@return the message; nothing of it is kept} */
    CheckBytes bytes() {
        out.close(opened);
        final byte[] message = out.toByteArray();
        out.clear();
        return new CheckBytes(message, isDenied);
    }
}
