/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy;

/** Names in the dynamic metadata of a Check's answer: Envoy keeps it with the request, and its access log brings it back. */
public final class CheckMetadata {
    /** Under which Envoy keeps it. */
    public static final String FILTER = "envoy.filters.http.ext_authz";

    /** The id of the decision. */
    public static final String DECISION_ID = "decision_id";

    /** The reservation that was taken. */
    public static final String RESERVATION_ID = "reservation_id";

    /** The rule of the mapping. */
    public static final String RULE = "rule";

    /** Of a rule that settles: what was reserved, by unit, as text. */
    public static final String RESERVED = "reserved";

    private CheckMetadata() {}
}
