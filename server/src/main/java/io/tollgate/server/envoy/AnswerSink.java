/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy;

import java.util.Map;

/**
 * Takes a CheckResponse piece by piece: first {@link #allow} or {@link #deny}, then headers and the body, then {@link #metadata()} and the
 * metadata. Two implementations make the same of it: one the generated message, the other its bytes. Belongs to one thread.
 */
interface AnswerSink {
    /** The request passes: an ok_response. */
    void allow();

    /**
     * The request is refused: a denied_response.
     *
     * @param code   of google.rpc.Code
     * @param status of HTTP
     */
    void deny(int code, int status);

    /** A header of the request to the service behind, which replaces one of that name; after {@link #allow} only. */
    void upstream(String name, String value);

    /** A header that the request to the service behind loses; after {@link #allow} only. */
    void remove(String name);

    /** A header of the answer to the client, which replaces one of that name. */
    void client(String name, String value);

    /** The body of a refusal; after {@link #deny} only. */
    void body(String text);

    /** From here on metadata. */
    void metadata();

    /** Metadata: a text. */
    void metadata(String key, String value);

    /** Metadata: a struct of texts. */
    void metadata(String key, Map<String, String> values);
}
