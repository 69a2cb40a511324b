/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
/**
 * From the text of a condition to its program. dev.cel parses it, and checks it once more when this package has found nothing wrong; names,
 * types and what the subset lacks are this package's own, so that its messages can say what to write instead. Knows nothing of files.
 * Stateless but for caches; used by one thread. The classes of dev.cel are loaded when the first condition is compiled.
 */
@NullMarked
package io.tollgate.control.condition;

import org.jspecify.annotations.NullMarked;
