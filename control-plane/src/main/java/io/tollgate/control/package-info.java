/**
 * The control plane as a whole: configuration, start and stop. Owns the agents' threads (watch, push), the gRPC server's and the HTTP
 * server's; writes below its state directory only.
 */
@NullMarked
package io.tollgate.control;

import org.jspecify.annotations.NullMarked;
