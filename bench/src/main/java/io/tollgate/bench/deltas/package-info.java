/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
/** How long a published change takes to be in force. One process with a real control plane, a real sidecar, and gRPC between them. */
@NullMarked
package io.tollgate.bench.deltas;

import org.jspecify.annotations.NullMarked;
