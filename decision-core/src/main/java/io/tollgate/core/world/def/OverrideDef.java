/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world.def;

/**
 * What takes the place of a ceiling's amount until it expires. The ceiling's counter stays the same.
 *
 * @param id          stable id, as written in the bundle
 * @param amount      how much instead
 * @param expiresAtMs from this instant on the ceiling's own amount counts again; milliseconds since 1970
 * @param source      where it is written
 */
public record OverrideDef(String id, CeilingDef.Amount amount, long expiresAtMs, String source) {
    /** What an answer calls the origin of a ceiling while one is in force. */
    public static final String ORIGIN = "override";
}
