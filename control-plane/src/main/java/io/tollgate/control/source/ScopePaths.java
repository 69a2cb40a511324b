/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.source;

import java.util.Optional;

/** Reads {@link ScopePath}s. */
public final class ScopePaths {
    private ScopePaths() {}

    /** {@return the scope, or empty when the text is none} */
    public static Optional<ScopePath> parse(String text) {
        if (text.equals("global")) {
            return Optional.of(ScopePath.GLOBAL);
        }
        int slash = text.indexOf('/');
        String head = slash < 0 ? text : text.substring(0, slash);
        Optional<ScopePath> top = top(head);
        if (slash < 0 || top.isEmpty() || top.get().organization().isEmpty()) {
            return slash < 0 ? top : Optional.empty();
        }
        return below(top.get().id(), text.substring(slash + 1));
    }

    private static Optional<ScopePath> top(String head) {
        int colon = head.indexOf(':');
        if (colon < 0 || !Scalars.isId(head.substring(colon + 1))) {
            return Optional.empty();
        }
        String id = head.substring(colon + 1);
        return switch (head.substring(0, colon)) {
            case "plan" -> Optional.of(ScopePath.plan(id));
            case "org" -> Optional.of(ScopePath.organization(id));
            default -> Optional.empty();
        };
    }

    private static Optional<ScopePath> below(String organization, String rest) {
        int colon = rest.indexOf(':');
        if (colon < 0 || !Scalars.isId(rest.substring(colon + 1))) {
            return Optional.empty();
        }
        String kind = rest.substring(0, colon);
        String id = rest.substring(colon + 1);
        return switch (kind) {
            case "department" -> Optional.of(ScopePath.department(organization, id));
            case "project" -> Optional.of(ScopePath.project(organization, id));
            case "key" -> Optional.of(ScopePath.apiKey(organization, id));
            default ->
                ScopePath.RESERVED_TYPES.contains(kind) || !Scalars.isName(kind)
                        ? Optional.empty()
                        : Optional.of(ScopePath.principal(organization, new PrincipalName(kind, id)));
        };
    }
}
