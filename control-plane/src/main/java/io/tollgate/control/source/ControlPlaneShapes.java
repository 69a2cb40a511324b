/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.source;

import static io.tollgate.control.source.Shape.choice;
import static io.tollgate.control.source.Shape.fields;
import static io.tollgate.control.source.Shape.integer;
import static io.tollgate.control.source.Shape.list;
import static io.tollgate.control.source.Shape.of;
import static io.tollgate.control.source.Shape.optional;
import static io.tollgate.control.source.Shape.required;

/** The control plane's own configuration file. */
final class ControlPlaneShapes {
    private static final Shape.Fields LISTEN = fields(
            "set of addresses",
            optional("grpc", of(ScalarKind.TEXT), "Where sidecars and operators call. Default 127.0.0.1:7080."),
            optional("http", of(ScalarKind.TEXT), "Health over HTTP, or none. Default 127.0.0.1:7081."));

    private static final Shape.Fields TLS = fields(
            "set of TLS files",
            required("certificate_file", of(ScalarKind.TEXT), "Certificate chain, PEM."),
            required("key_file", of(ScalarKind.TEXT), "Its private key, PEM."));

    private static final Shape.Fields BUNDLE = fields(
            "served bundle", required("dir", of(ScalarKind.TEXT), "The directory that holds its tollgate.yaml."));

    private static final Shape.Fields WATCH = fields(
            "watch",
            optional("enabled", of(ScalarKind.FLAG), "Whether edits are noticed. Default true."),
            optional("interval_ms", integer(10, 60_000), "Pause between two looks. Default 100."));

    private static final Shape.Fields LIMITS = fields(
            "set of service limits",
            optional("max_snapshot_streams", integer(1, 100_000), "Snapshot pulls under way. Default 64."),
            optional("max_waiting_polls", integer(1, 1_000_000), "Polls that wait for news. Default 10000."),
            optional("max_wait_ms", integer(1, 3_600_000), "Longest wait of a poll. Default 60000."),
            optional("max_connections", integer(1, 1_000_000), "Connections that are answered. Default 10000."),
            optional("max_calls_per_connection", integer(1, 100_000), "Calls under way on one. Default 64."),
            optional("max_usage_streams", integer(1, 100_000), "Usage reports under way. Default 1000."));

    private static final Shape.Fields LEDGER = fields(
            "ledger",
            optional(
                    "lost_reports",
                    choice("refuse", "pass"),
                    "When a sidecar was told that more is accepted than this ledger has (an old backup was put back): refuse its"
                            + " reports and say so (default), or note what is missing as lost and go on."));

    private static final Shape.Fields SIGNING_KEY = fields(
            "signing key",
            optional("file", of(ScalarKind.TEXT), "Private Ed25519 key, PEM (PKCS #8), readable by its owner alone."),
            optional("environment", of(ScalarKind.TEXT), "Or the name of an environment variable that holds it."),
            optional(
                    "active",
                    of(ScalarKind.FLAG),
                    "The key that is shown; the others stay valid beside it. One key is."));

    private static final Shape.Fields SIGNING = fields(
            "set of signing keys", required("keys", list(SIGNING_KEY), "All sign; two during a rotation, at most 4."));

    private static final Shape.Fields ARCHIVE = fields(
            "retention",
            optional(
                    "keep_hours",
                    integer(0, 876_000),
                    "So long a state is kept after the next took its place. Default 168."),
            optional("max_bytes", integer(0, 1L << 50), "Snapshots and deltas of a bundle together. Default 4 GiB."));

    static final Shape.Fields FILE = fields(
            "control plane configuration",
            optional("listen", LISTEN, "Where it listens."),
            optional("tls", TLS, "Needed to listen on anything but the loopback."),
            required("state_dir", of(ScalarKind.TEXT), "Versions and snapshots; must survive restarts."),
            required("bundles", list(BUNDLE), "What is served."),
            optional("watch", WATCH, "Whether and how edits are noticed."),
            optional("limits", LIMITS, "How much it takes on at once."),
            optional("archive", ARCHIVE, "How long superseded states are kept, for replays."),
            optional("signing", SIGNING, "Who signs the snapshots. Without it sidecars refuse them."),
            optional("ledger", LEDGER, "How usage reports are accepted."));

    private ControlPlaneShapes() {}
}
