/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/**
 * Envoy's configuration for all doors, with an access log that has everything Tollgate says. Clusters, and the door STRICT, are those of
 * examples/envoy/envoy.yaml but for the ports.
 */
final class GateConfig {
    private static final String TYPE = "type.googleapis.com/envoy.extensions.";
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final String MANAGER =
            """
            "@type": TYPEfilters.network.http_connection_manager.v3.HttpConnectionManager
            # else a client that reads until the end waits a second for it
            delayed_close_timeout: 0.005s
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
        final Path example = Path.of(System.getProperty("tollgate.root"), "examples", "envoy", "envoy.yaml");
        final ObjectNode root = object(Files.readString(example)
                .replace("port_value: 8080", "port_value: " + servicePort)
                .replace("port_value: 7070", "port_value: " + tollgatePort));
        final ObjectNode resources = root.withObject("/static_resources");
        final ObjectNode strict = (ObjectNode) resources.get("listeners").get(0);
        resources.putArray("listeners");
        for (final Map.Entry<Door, Integer> each : ports.entrySet()) {
            resources
                    .withArray("listeners")
                    .add(
                            each.getKey() == Door.STRICT
                                    ? moved(strict, each.getValue())
                                    : listener(each.getKey(), each.getValue()));
        }
        address(root.withObject("/admin"), adminPort);
        return root.toPrettyString();
    }

    private ObjectNode moved(final ObjectNode listener, final int port) throws IOException {
        final ObjectNode manager = listener.withObject("/filter_chains/0/filters/0/typed_config");
        manager.put("stat_prefix", Door.STRICT.word());
        manager.set("access_log", manager(Door.STRICT).get("access_log"));
        address(listener, port);
        return listener;
    }

    private static void address(final ObjectNode of, final int port) {
        of.withObject("/address/socket_address").put("address", "127.0.0.1").put("port_value", port);
    }

    private ObjectNode manager(final Door door) throws IOException {
        return object(MANAGER.replace("ACCESS_LOG", accessLog.toString()).replace("DOOR", door.word()));
    }

    private ObjectNode listener(final Door door, final int port) throws IOException {
        final ObjectNode authorization = object(AUTHORIZATION);
        YAML.readerForUpdating(authorization).readValue(door.authorization);
        final ObjectNode manager = manager(door);
        manager.setAll((ObjectNode) YAML.readTree(door.manager));
        manager.put("stat_prefix", door.word());
        manager.withArray("http_filters").add(filter("envoy.filters.http.ext_authz", authorization));
        manager.withArray("http_filters")
                .add(filter("envoy.filters.http.router", object("\"@type\": TYPEfilters.http.router.v3.Router")));
        final ObjectNode listener = YAML.createObjectNode();
        address(listener, port);
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
