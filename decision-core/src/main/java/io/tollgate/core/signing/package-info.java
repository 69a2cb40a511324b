/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */

/**
 * Ed25519 keys and signatures, as control plane, loader and command line share them: texts and bytes in, texts and bytes out. No files, no
 * configuration, no thread of its own; everything is immutable and safe for any thread. Never on the decision path.
 */
@NullMarked
package io.tollgate.core.signing;

import org.jspecify.annotations.NullMarked;
