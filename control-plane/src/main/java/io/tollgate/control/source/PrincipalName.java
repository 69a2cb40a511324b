/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.source;

/**
 * An actor as written, "user:ana".
 *
 * @param type actor type
 * @param id unique per organization and type
 */
public record PrincipalName(String type, String id) {
    @Override
    public String toString() {
        return type + ":" + id;
    }
}
