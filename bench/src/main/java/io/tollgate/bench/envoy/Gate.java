/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.envoy;

/** What stands between a client and the service behind Envoy. Each has a listener of its own in the same Envoy. */
enum Gate {
    NONE("no filter", Server.NOBODY),
    RBAC("Envoy's RBAC filter", Server.NOBODY),
    ALLOW_TCP("ext_authz, always allow, TCP", Server.EMPTY),
    ALLOW_UNIX("ext_authz, always allow, Unix socket", Server.EMPTY),
    TOLLGATE_TCP("ext_authz, Tollgate, TCP", Server.SIDECAR),
    TOLLGATE_UNIX("ext_authz, Tollgate, Unix socket", Server.SIDECAR);

    /** Who is asked. */
    enum Server {
        NOBODY,
        EMPTY,
        SIDECAR
    }

    final String title;
    final Server server;

    Gate(final String title, final Server server) {
        this.title = title;
        this.server = server;
    }

    boolean asks() {
        return server != Server.NOBODY;
    }

    boolean isUnix() {
        return this == ALLOW_UNIX || this == TOLLGATE_UNIX;
    }
}
