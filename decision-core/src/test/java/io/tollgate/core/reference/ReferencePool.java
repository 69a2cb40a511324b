/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import java.util.Map;

/** Machines of one kind at one place, as the scheduler saw them; reservedFor "" = shared. */
record ReferencePool(
        String id, int dimensionId, Map<String, String> match, long available, long observedAtMs, String reservedFor) {}
