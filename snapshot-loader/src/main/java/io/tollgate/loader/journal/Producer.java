/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.journal;

/**
 * Who appended: one run of one sidecar. Sequences are contiguous per producer.
 *
 * @param sidecarId the sidecar's configured id
 * @param bootId of that run, which may be an earlier one
 */
public record Producer(String sidecarId, String bootId) {}
