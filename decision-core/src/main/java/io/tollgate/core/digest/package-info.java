/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */

/**
 * What the records of a bundle come to, whatever their order: control plane and loader carry the same sum forward over the same changes
 * and compare it. No files, no protobuf, no thread of its own. Never on the decision path.
 */
@NullMarked
package io.tollgate.core.digest;

import org.jspecify.annotations.NullMarked;
