/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.envoy;

import java.util.Map;

/** Envoy's configuration for a run: a listener for each {@link Gate}; the service behind is Envoy itself and costs next to nothing. */
final class EnvoyConfig {
    private static final String LISTENER =
            """
                - address: { socket_address: { address: 127.0.0.1, port_value: %d } }
                  filter_chains:
                    - filters:
                        - name: envoy.filters.network.http_connection_manager
                          typed_config:
                            "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                            stat_prefix: %s
                            normalize_path: true
                            merge_slashes: true
                            path_with_escaped_slashes_action: REJECT_REQUEST
                            route_config:
                              virtual_hosts:
                                - name: all
                                  domains: ["*"]
                                  routes: [ { match: { prefix: "/" }, direct_response: { status: 200, body: { inline_string: "ok" } } } ]
                                  %s
                            http_filters:
            %s
                              - name: envoy.filters.http.router
                                typed_config:
                                  "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
            """;
    private static final String RBAC =
            """
                              - name: envoy.filters.http.rbac
                                typed_config:
                                  "@type": type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC
                                  rules:
                                    action: ALLOW
                                    policies:
                                      health:
                                        permissions: [ { url_path: { path: { exact: /healthz } } } ]
                                        principals: [ { any: true } ]
                                      delete:
                                        permissions:
                                          - and_rules:
                                              rules:
                                                - header: { name: ":method", string_match: { exact: DELETE } }
                                                - url_path: { path: { prefix: /v1/projects/ } }
                                        principals: [ { any: true } ]
                                      invoke:
                                        permissions:
                                          - and_rules:
                                              rules:
                                                - header: { name: ":method", string_match: { exact: GET } }
                                                - url_path: { path: { prefix: /v1/projects/ } }
                                        principals:
                                          - and_ids:
                                              ids:
                                                - header: { name: x-tenant, present_match: true }
                                                - header: { name: x-scopes, string_match: { exact: "llm:write" } }
            """;
    private static final String EXT_AUTHZ =
            """
                              - name: envoy.filters.http.ext_authz
                                typed_config:
                                  "@type": type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthz
                                  transport_api_version: V3
                                  failure_mode_allow: false
                                  grpc_service: { envoy_grpc: { cluster_name: %s }, timeout: 10s }
            """;
    private static final String PER_ROUTE =
            """
            typed_per_filter_config:
                                    envoy.filters.http.ext_authz:
                                      "@type": type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute
                                      check_settings: { context_extensions: { region: eu-1 } }
            """;
    private static final String CLUSTER =
            """
                - name: %s
                  circuit_breakers: { thresholds: [ { max_requests: 100000, max_pending_requests: 100000 } ] }
                  typed_extension_protocol_options:
                    envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                      "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                      explicit_http_config: { http2_protocol_options: {} }
                  load_assignment:
                    cluster_name: %s
                    endpoints:
                      - lb_endpoints: [ { endpoint: { address: %s } } ]
            """;

    private EnvoyConfig() {}

    /** {@return an address of Envoy's configuration} */
    static String tcp(final String port) {
        return "{ socket_address: { address: 127.0.0.1, port_value: " + port + " } }";
    }

    /** {@return an address of Envoy's configuration} */
    static String unix(final String path) {
        return "{ pipe: { path: '" + path + "' } }";
    }

    /**
     * {@return the configuration}
     *
     * @param ports of the listeners
     * @param asked addresses of those that are asked
     */
    static String of(final Map<Gate, Integer> ports, final Map<Gate, String> asked) {
        final StringBuilder yaml = new StringBuilder("static_resources:\n  listeners:\n");
        for (final Map.Entry<Gate, Integer> each : ports.entrySet()) {
            final Gate gate = each.getKey();
            final String filter = gate == Gate.RBAC ? RBAC : gate.asks() ? EXT_AUTHZ.formatted(name(gate)) : "";
            yaml.append(LISTENER.formatted(
                    each.getValue(), name(gate), gate.asks() ? PER_ROUTE.strip() : "", filter.stripTrailing()));
        }
        yaml.append("  clusters:\n");
        asked.forEach((gate, address) -> yaml.append(CLUSTER.formatted(name(gate), name(gate), address)));
        return yaml.toString();
    }

    private static String name(final Gate gate) {
        return gate.name().toLowerCase(java.util.Locale.ROOT);
    }
}
