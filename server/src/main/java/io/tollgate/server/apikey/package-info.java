/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
/**
 * API keys on their way in: every face hashes them here, and nothing behind a face knows more of a key than its hash. No threads; touches
 * nothing outside.
 */
@NullMarked
package io.tollgate.server.apikey;

import org.jspecify.annotations.NullMarked;
