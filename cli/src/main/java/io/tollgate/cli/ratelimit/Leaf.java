/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.ratelimit;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** A descriptor with all that is above it, from the domain down: what a descriptor of just as many entries has to look like. */
record Leaf(Domain domain, List<Descriptor> path) {
    Descriptor last() {
        return path.get(path.size() - 1);
    }

    Terms terms() {
        return Objects.requireNonNull(last().terms());
    }

    /** {@return whether it has no limit that could be passed} */
    boolean unlimited() {
        final Terms terms = last().terms();
        return terms == null || terms.unlimited();
    }

    List<Descriptor> perValue() {
        return path.stream().filter(Descriptor::perValue).toList();
    }

    /** {@return whether everything that matches the other matches this one} */
    boolean covers(final Leaf other) {
        if (path.size() != other.path.size()) {
            return false;
        }
        for (int i = 0; i < path.size(); i++) {
            if (!path.get(i).covers(other.path.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** "path=/v1* / user" */
    @Override
    public String toString() {
        return path.stream().map(Descriptor::toString).collect(Collectors.joining(" / "));
    }
}
