/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy;

import com.google.protobuf.BoolValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.tollgate.envoy.auth.v3.CheckResponse;
import io.tollgate.envoy.auth.v3.DeniedHttpResponse;
import io.tollgate.envoy.auth.v3.OkHttpResponse;
import io.tollgate.envoy.auth.v3.Status;
import io.tollgate.envoy.core.v3.HeaderValue;
import io.tollgate.envoy.core.v3.HeaderValueOption;
import io.tollgate.envoy.core.v3.HeaderValueOption.HeaderAppendAction;
import io.tollgate.envoy.type.v3.HttpStatus;
import java.util.Map;

/** Makes the generated message. Used once, by one thread. */
final class MessageAnswer implements AnswerSink {
    private static final BoolValue NO = BoolValue.of(false);

    private final OkHttpResponse.Builder ok = OkHttpResponse.newBuilder();
    private final DeniedHttpResponse.Builder denied = DeniedHttpResponse.newBuilder();
    private final Struct.Builder metadata = Struct.newBuilder();
    private Status status = Status.getDefaultInstance();
    private boolean isDenied;

    @Override
    public void allow() {
        isDenied = false;
    }

    @Override
    public void deny(final int code, final int httpStatus) {
        isDenied = true;
        status = Status.newBuilder().setCode(code).build();
        denied.setStatus(HttpStatus.newBuilder().setCode(httpStatus));
    }

    @Override
    public void upstream(final String name, final String value) {
        ok.addHeaders(header(name, value));
    }

    @Override
    public void remove(final String name) {
        ok.addHeadersToRemove(name);
    }

    @Override
    public void client(final String name, final String value) {
        if (isDenied) {
            denied.addHeaders(header(name, value));
        } else {
            ok.addResponseHeadersToAdd(header(name, value));
        }
    }

    @Override
    public void body(final String text) {
        denied.setBody(text);
    }

    @Override
    public void metadata() {
        // it has a place of its own
    }

    @Override
    public void metadata(final String key, final String value) {
        metadata.putFields(key, text(value));
    }

    @Override
    public void metadata(final String key, final Map<String, String> values) {
        final Struct.Builder struct = Struct.newBuilder();
        values.forEach((name, value) -> struct.putFields(name, text(value)));
        metadata.putFields(key, Value.newBuilder().setStructValue(struct).build());
    }

    /** {@return the message} */
    CheckResponse message() {
        final CheckResponse.Builder response =
                CheckResponse.newBuilder().setStatus(status).setDynamicMetadata(metadata);
        return isDenied
                ? response.setDeniedResponse(denied).build()
                : response.setOkResponse(ok).build();
    }

    private static Value text(final String value) {
        return Value.newBuilder().setStringValue(value).build();
    }

    /** Replaces what is there: both ways of saying so, since Envoy's versions differ in which they look at. */
    private static HeaderValueOption header(final String name, final String value) {
        return HeaderValueOption.newBuilder()
                .setHeader(HeaderValue.newBuilder().setKey(name).setValue(value))
                .setAppend(NO)
                .setAppendAction(HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD)
                .build();
    }
}
