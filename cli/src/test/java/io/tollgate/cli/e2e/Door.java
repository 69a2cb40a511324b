/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import java.util.Locale;

/**
 * A listener of the test's Envoy. All share clusters, routes and access log, and differ in what an operator can set, written here as YAML.
 * None mends paths but the last two: what is unsafe must reach Tollgate.
 */
enum Door {
    /** Lets everything pass that the sidecar does not answer. */
    OPEN("{}", "{ failure_mode_allow: true }"),
    /** As it should be. */
    SHUT("{}", "{ failure_mode_allow: false }"),
    /** Does not wait long, and lets pass. */
    HASTY_OPEN("{}", "{ failure_mode_allow: true, grpc_service: { timeout: 0.3s } }"),
    /** Does not wait long, and says so in place of Forbidden. */
    HASTY_SHUT(
            "{}",
            "{ failure_mode_allow: false, grpc_service: { timeout: 0.3s }, status_on_error: { code: ServiceUnavailable } }"),
    /** Sends headers as they came, one by one; lets WebSocket through. */
    RAW(
            "{ upgrade_configs: [ { upgrade_type: websocket } ] }",
            "{ failure_mode_allow: true, encode_raw_headers: true }"),
    /** Sends bodies, whole or not at all. */
    BODY("{}", "{ failure_mode_allow: true, with_request_body: { max_request_bytes: 1024 } }"),
    /** Sends as much of a body as fits. */
    PARTIAL(
            "{}",
            "{ failure_mode_allow: true, with_request_body: { max_request_bytes: 64, allow_partial_message: true } }"),
    /** As PARTIAL, with the bytes and headers as they came. */
    BYTES(
            "{}",
            """
            failure_mode_allow: true
            encode_raw_headers: true
            with_request_body: { max_request_bytes: 64, allow_partial_message: true, pack_as_bytes: true }
            """),
    /** Takes the trusted headers from nobody: sets one and removes another before any filter sees them. */
    EARLY(
            """
            early_header_mutation_extensions:
              - name: trusted
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation
                  mutations:
                    - append: { header: { key: x-tenant, value: lumen }, append_action: OVERWRITE_IF_EXISTS_OR_ADD }
                    - remove: x-user
            """,
            "{ failure_mode_allow: true }"),
    /** TLS, so that clients can choose HTTP/2. */
    TLS("{}", "{ failure_mode_allow: true }"),
    /** examples/envoy/envoy.yaml. */
    STRICT("{}", "{}"),
    /** Mends all it can. */
    MENDING(
            "{ normalize_path: true, merge_slashes: true, path_with_escaped_slashes_action: UNESCAPE_AND_FORWARD }",
            "{ failure_mode_allow: true }");

    /** Of the HTTP connection manager. */
    final String manager;
    /** Of ext_authz. */
    final String authorization;

    Door(final String manager, final String authorization) {
        this.manager = manager;
        this.authorization = authorization;
    }

    /** In statistics and in the access log. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
