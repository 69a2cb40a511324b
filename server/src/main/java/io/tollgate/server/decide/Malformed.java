/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.grpc.Status;

/**
 * What stands in for a message that could not be read: gRPC takes an exception from a parser for a fault of ours and
 * logs it, so the parser returns this instead and the handler closes the call with it.
 *
 * @param status what the caller is told
 */
record Malformed(Status status) {}
