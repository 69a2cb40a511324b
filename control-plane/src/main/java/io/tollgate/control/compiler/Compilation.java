/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.source.BundleSource;
import io.tollgate.control.source.BundleSource.Part;
import io.tollgate.control.source.Code;
import io.tollgate.control.source.Diagnostics;
import io.tollgate.control.source.Folder;
import io.tollgate.control.source.Position;
import io.tollgate.control.source.Quoted;
import io.tollgate.control.source.Suggestions;
import io.tollgate.control.source.Value;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What all compilers of one compilation share: the sources, the diagnostics, the time, and the words for common mistakes. */
final class Compilation {
    private final BundleSource source;
    private final Diagnostics diagnostics;
    private final long nowMs;

    Compilation(BundleSource source, Diagnostics diagnostics, long nowMs) {
        this.source = source;
        this.diagnostics = diagnostics;
        this.nowMs = nowMs;
    }

    List<Part> files(Folder folder) {
        return source.of(folder);
    }

    Diagnostics diagnostics() {
        return diagnostics;
    }

    /** For warnings only: what is compiled must not depend on it. */
    long nowMs() {
        return nowMs;
    }

    void error(Position at, Code code, String message, String remedy) {
        diagnostics.error(at, code, message, remedy);
    }

    void warning(Position at, Code code, String message, String remedy) {
        diagnostics.warning(at, code, message, remedy);
    }

    void unknown(Position at, String what, String written, Collection<String> known) {
        String remedy = diagnostics.isFull() ? "" : nearestOf(written, known);
        error(at, Code.UNKNOWN_REFERENCE, "unknown " + what + " " + Quoted.of(written), remedy);
    }

    static String nearestOf(String written, Collection<String> known) {
        return Suggestions.remedy(
                written,
                known,
                known.isEmpty()
                        ? "check how it is written, and that it is declared"
                        : "known are " + Suggestions.list(known));
    }

    void duplicate(Position at, String what, String id, Position earlier) {
        error(
                at,
                Code.DUPLICATE_ID,
                what + " " + Quoted.of(id) + " is already at " + earlier,
                "keep one of the two, or give this one another id");
    }

    /** {@return all ids under a key of the folder's files, be they right or wrong otherwise} */
    Set<String> names(Folder folder, String key) {
        Set<String> names = new TreeSet<>(Utf8.ORDER);
        for (Part part : files(folder)) {
            names.addAll(part.root().writtenKeys(key));
        }
        return names;
    }

    /** All entries under a key of the folder's files, by id in the order of UTF-8; the first of equal ids counts. */
    Map<String, Value.Entry> declared(Folder folder, String key, String what) {
        Map<String, Value.Entry> declared = new TreeMap<>(Utf8.ORDER);
        for (Part part : files(folder)) {
            for (Value.Entry entry : part.root().entries(key)) {
                Value.Entry earlier = declared.putIfAbsent(entry.key(), entry);
                if (earlier != null) {
                    duplicate(entry.at(), what, entry.key(), earlier.at());
                }
            }
        }
        return declared;
    }
}
