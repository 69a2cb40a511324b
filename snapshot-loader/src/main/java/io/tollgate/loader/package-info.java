/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
/**
 * The loader of a sidecar: {@link io.tollgate.loader.SnapshotLoader} opens what is on disk, asks the control plane for what is newer,
 * installs and activates it, and keeps the ages of the planes.
 *
 * <p>One thread ({@code tollgate-loader}, an Agrona agent) owns everything in these packages; what other threads may read says so.
 * gRPC callbacks only enqueue. A short-lived thread {@code tollgate-warm-up} uses Chronicle Map once.
 */
@NullMarked
package io.tollgate.loader;

import org.jspecify.annotations.NullMarked;
