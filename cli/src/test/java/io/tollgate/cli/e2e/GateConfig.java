/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/** Envoy's configuration for all doors, with an access log that has everything Tollgate says. */
final class GateConfig {
    private static final String TYPE = "type.googleapis.com/envoy.extensions.";
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final String BASE =
            """
            admin: { address: { socket_address: { address: 127.0.0.1, port_value: ADMIN } } }
            static_resources:
              listeners: []
              clusters:
                - name: service
                  circuit_breakers: { thresholds: [ { max_requests: 100000, max_pending_requests: 100000 } ] }
                  load_assignment:
                    cluster_name: service
                    endpoints:
                      - lb_endpoints: [ { endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: SERVICE } } } } ]
                - name: tollgate
                  circuit_breakers: { thresholds: [ { max_requests: 100000, max_pending_requests: 100000 } ] }
                  typed_extension_protocol_options:
                    envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                      "@type": TYPEupstreams.http.v3.HttpProtocolOptions
                      explicit_http_config: { http2_protocol_options: {} }
                  load_assignment:
                    cluster_name: tollgate
                    endpoints:
                      - lb_endpoints: [ { endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: TOLLGATE } } } } ]
            """;
    private static final String MANAGER =
            """
            "@type": TYPEfilters.network.http_connection_manager.v3.HttpConnectionManager
            access_log:
              - name: file
                typed_config:
                  "@type": TYPEaccess_loggers.file.v3.FileAccessLog
                  path: ACCESS_LOG
                  log_format:
                    json_format:
                      door: DOOR
                      status: "%RESPONSE_CODE%"
                      details: "%RESPONSE_CODE_DETAILS%"
                      path: "%REQ(:PATH)%"
                      request_id: "%REQ(X-REQUEST-ID)%"
                      authz: "%DYNAMIC_METADATA(envoy.filters.http.ext_authz)%"
            route_config:
              virtual_hosts:
                - name: all
                  domains: ["*"]
                  # too late for ext_authz: the router does this
                  request_headers_to_remove: [x-late]
                  routes:
                    - match: { connect_matcher: {} }
                      route: { cluster: service, upgrade_configs: [ { upgrade_type: CONNECT } ] }
                    - match: { prefix: "/context/" }
                      route: { cluster: service }
                      typed_per_filter_config:
                        envoy.filters.http.ext_authz:
                          "@type": TYPEfilters.http.ext_authz.v3.ExtAuthzPerRoute
                          check_settings: { context_extensions: { gate: compute, project: vision } }
                    - match: { prefix: "/unguarded/" }
                      route: { cluster: service }
                      typed_per_filter_config:
                        envoy.filters.http.ext_authz:
                          "@type": TYPEfilters.http.ext_authz.v3.ExtAuthzPerRoute
                          disabled: true
                    - match: { prefix: "/" }
                      route: { cluster: service }
            """;
    private static final String AUTHORIZATION =
            """
            "@type": TYPEfilters.http.ext_authz.v3.ExtAuthz
            transport_api_version: V3
            grpc_service: { envoy_grpc: { cluster_name: tollgate }, timeout: 10s }
            """;
    private static final String TLS =
            """
            name: envoy.transport_sockets.tls
            typed_config:
              "@type": TYPEtransport_sockets.tls.v3.DownstreamTlsContext
              common_tls_context:
                alpn_protocols: [h2, http/1.1]
                tls_certificates:
                  - { certificate_chain: { filename: "FOLDER/envoy.pem" }, private_key: { filename: "FOLDER/envoy.key" } }
            """;

    final int adminPort = Site.freePort();
    final Map<Door, Integer> ports = new EnumMap<>(Door.class);
    private final Path accessLog;
    private final Path certificates;

    /**
     * A configuration with ports that are free now.
     *
     * @param certificates folder with envoy.pem and envoy.key
     */
    GateConfig(final Path accessLog, final Path certificates, final Iterable<Door> doors) {
        this.accessLog = accessLog;
        this.certificates = certificates;
        doors.forEach(door -> ports.put(door, Site.freePort()));
    }

    String yaml(final int servicePort, final int tollgatePort) throws IOException {
        final ObjectNode root = object(BASE.replace("ADMIN", Integer.toString(adminPort))
                .replace("SERVICE", Integer.toString(servicePort))
                .replace("TOLLGATE", Integer.toString(tollgatePort)));
        for (final Map.Entry<Door, Integer> each : ports.entrySet()) {
            root.withObject("/static_resources").withArray("listeners").add(listener(each.getKey(), each.getValue()));
        }
        return root.toPrettyString();
    }

    private ObjectNode listener(final Door door, final int port) throws IOException {
        final ObjectNode authorization = object(AUTHORIZATION);
        YAML.readerForUpdating(authorization).readValue(door.authorization);
        final ObjectNode manager =
                object(MANAGER.replace("ACCESS_LOG", accessLog.toString()).replace("DOOR", door.word()));
        manager.setAll((ObjectNode) YAML.readTree(door.manager));
        manager.put("stat_prefix", door.word());
        manager.withArray("http_filters").add(filter("envoy.filters.http.ext_authz", authorization));
        manager.withArray("http_filters")
                .add(filter("envoy.filters.http.router", object("\"@type\": TYPEfilters.http.router.v3.Router")));
        final ObjectNode listener = YAML.createObjectNode();
        listener.withObject("/address/socket_address")
                .put("address", "127.0.0.1")
                .put("port_value", port);
        final ObjectNode chain = listener.withArray("filter_chains").addObject();
        if (door == Door.TLS) {
            chain.set("transport_socket", object(TLS.replace("FOLDER", certificates.toString())));
        }
        chain.withArray("filters").add(filter("envoy.filters.network.http_connection_manager", manager));
        return listener;
    }

    private static ObjectNode filter(final String name, final JsonNode config) {
        return YAML.createObjectNode().put("name", name).set("typed_config", config);
    }

    private static ObjectNode object(final String yaml) throws IOException {
        return (ObjectNode) YAML.readTree(yaml.replace("TYPE", TYPE));
    }
}
