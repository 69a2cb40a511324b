/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.source;

/** How large a bundle may be. A file beyond any of these is refused before memory is spent on it. */
public final class SourceLimits {
    /** Bytes of one file. */
    public static final int MAX_FILE_BYTES = 16 << 20;
    /** Bytes of all files together. */
    public static final long MAX_BUNDLE_BYTES = 64 << 20;
    /** Files of a bundle. */
    public static final int MAX_FILES = 2_000;
    /** Folders inside folders. */
    public static final int MAX_FOLDER_DEPTH = 8;
    /** YAML values of one file: mappings, lists and scalars, keys included. */
    public static final int MAX_NODES = 2_000_000;
    /** Mappings and lists inside one another. */
    public static final int MAX_DEPTH = 24;
    /** Bytes of UTF-8 in an id or a name. */
    public static final int MAX_ID_BYTES = 256;
    /** Bytes of UTF-8 in a text: messages, display names. */
    public static final int MAX_TEXT_BYTES = 2_048;
    /** Entries of a list or mapping, unless its description says less. */
    public static final int MAX_ENTRIES = 200_000;

    private SourceLimits() {}
}
