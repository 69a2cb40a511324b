/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */

/**
 * The decision log: from an event loop through a ring of bytes to JSON lines, a collector, and whoever follows. {@link
 * io.tollgate.server.decisionlog.LaneLog} belongs to its event loop; everything behind the rings to one thread, {@code
 * tollgate-decision-log}, that alone touches files. It never makes a decision wait: what finds no room is lost, counted, and missing in the
 * sequence.
 */
@NullMarked
package io.tollgate.server.decisionlog;

import org.jspecify.annotations.NullMarked;
