/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
/**
 * Typed attribute values in the form in which decisions read them: blocks of bytes, mapped (what the directory says of a scope) or on the
 * heap (config values of an entitlement). Writing allocates and belongs to whoever builds a world; reading is for any
 * thread and allocates
 * nothing.
 */
@NullMarked
package io.tollgate.core.attribute;

import org.jspecify.annotations.NullMarked;
