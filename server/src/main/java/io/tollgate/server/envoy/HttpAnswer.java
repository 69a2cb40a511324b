/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy;

import io.grpc.Status;
import io.tollgate.v1.ReasonClass;

/** HTTP status by the class of a reason; docs/semantics.md has the table. */
public final class HttpAnswer {
    private static final int BAD_REQUEST = 400;
    private static final int PAYMENT_REQUIRED = 402;
    private static final int FORBIDDEN = 403;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVICE_UNAVAILABLE = 503;

    private HttpAnswer() {}

    static int status(final ReasonClass reasonClass) {
        return switch (reasonClass) {
            case REASON_CLASS_REQUEST -> BAD_REQUEST;
            case REASON_CLASS_POLICY, REASON_CLASS_ENTITLEMENT -> FORBIDDEN;
            case REASON_CLASS_QUOTA -> TOO_MANY_REQUESTS;
            case REASON_CLASS_CREDIT -> PAYMENT_REQUIRED;
            default -> SERVICE_UNAVAILABLE;
        };
    }

    static int grpcStatus(final ReasonClass reasonClass) {
        final Status.Code code =
                switch (reasonClass) {
                    case REASON_CLASS_REQUEST -> Status.Code.INVALID_ARGUMENT;
                    case REASON_CLASS_POLICY, REASON_CLASS_ENTITLEMENT -> Status.Code.PERMISSION_DENIED;
                    case REASON_CLASS_QUOTA -> Status.Code.RESOURCE_EXHAUSTED;
                    case REASON_CLASS_CREDIT -> Status.Code.FAILED_PRECONDITION;
                    default -> Status.Code.UNAVAILABLE;
                };
        return code.value();
    }

    /** {@return what a problem of that class is called} */
    public static String title(final ReasonClass reasonClass) {
        return switch (reasonClass) {
            case REASON_CLASS_REQUEST -> "The request cannot be judged";
            case REASON_CLASS_POLICY -> "Not allowed";
            case REASON_CLASS_ENTITLEMENT -> "Not part of the subscription";
            case REASON_CLASS_QUOTA -> "Limit reached";
            case REASON_CLASS_CREDIT -> "Credit exhausted";
            case REASON_CLASS_CAPACITY -> "No capacity";
            case REASON_CLASS_FRESHNESS -> "The decision data is too old";
            default -> "Temporarily not available";
        };
    }
}
