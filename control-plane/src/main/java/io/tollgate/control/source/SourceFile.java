/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.source;

/**
 * A file of a bundle as it was read.
 *
 * @param folder which part of the bundle it belongs to
 * @param name relative to the bundle's directory, with slashes: "policies/acme.yaml"
 * @param content its bytes; not to be changed
 */
record SourceFile(Folder folder, String name, byte[] content) {
    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }
}
