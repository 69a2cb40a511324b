/**
 * What the control plane answers: snapshots and long polls to sidecars, lists to operators, health over HTTP.
 *
 * <p>Calls run on the server's own few threads and may read snapshot files; they never compile. Waiting polls belong to the thread of
 * {@link io.tollgate.control.service.DeltaWaits}.
 */
@NullMarked
package io.tollgate.control.service;

import org.jspecify.annotations.NullMarked;
