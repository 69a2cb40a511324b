/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.vectors;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;

/**
 * A case: a sidecar that starts with nothing on disk and is asked step by step.
 *
 * @param name   file and name
 * @param bundle folder below bundles/; empty = no snapshot was ever received
 * @param at     where the clock stands at first
 * @param base   what every request of the case starts from
 * @param steps  as in the file
 */
record VectorCase(String name, String bundle, String at, JsonElement base, JsonArray steps) {}
