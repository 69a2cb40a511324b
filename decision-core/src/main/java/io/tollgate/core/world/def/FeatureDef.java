/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world.def;

/**
 * A feature that customers buy.
 *
 * @param lookupKey   its key in the billing system
 * @param type        what it carries
 * @param displayName for people
 */
public record FeatureDef(String lookupKey, FeatureType type, String displayName) {}
