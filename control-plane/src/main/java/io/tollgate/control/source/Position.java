/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.source;

/**
 * A place in a source file.
 *
 * @param file relative to the bundle's directory, with slashes
 * @param line from 1; 0 = the file as a whole
 * @param column from 1; 0 = the file as a whole
 */
public record Position(String file, int line, int column) {

    /** {@return the file as a whole} */
    public static Position ofFile(String file) {
        return new Position(file, 0, 0);
    }

    /** "policies/acme.yaml:12:5" */
    @Override
    public String toString() {
        return line == 0 ? file : file + ":" + line + ":" + column;
    }
}
