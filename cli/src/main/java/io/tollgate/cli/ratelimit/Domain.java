/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.ratelimit;

import io.tollgate.control.source.Position;
import java.util.List;

/** A domain and its descriptors, in the order of the file. */
record Domain(Position at, String name, List<Descriptor> descriptors) {}
