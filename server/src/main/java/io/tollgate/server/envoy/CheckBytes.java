/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy;

/**
 * A CheckResponse, serialized.
 *
 * @param message not to be changed
 * @param denies  whether it refuses the request
 */
@SuppressWarnings("ArrayRecordComponent") // compared nowhere
public record CheckBytes(byte[] message, boolean denies) {}
