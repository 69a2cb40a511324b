/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.service;

import io.grpc.Status;
import io.grpc.StatusException;
import java.util.List;
import java.util.stream.Collectors;

/** The bundles that this control plane serves. Any thread. */
public final class BundleCatalog {
    private final List<? extends ServedBundle> bundles;

    /** A fixed set of bundles; each may still be unpublished. */
    public BundleCatalog(List<? extends ServedBundle> bundles) {
        this.bundles = List.copyOf(bundles);
    }

    /** {@return all of them} */
    public List<? extends ServedBundle> all() {
        return bundles;
    }

    /** {@return whether every bundle has something to pull} */
    public boolean isReady() {
        return bundles.stream().allMatch(bundle -> bundle.head().isPresent());
    }

    /**
     * {@return a bundle with something to pull}
     *
     * @throws StatusException NOT_FOUND when there is no such bundle, UNAVAILABLE when it was never published
     */
    ServedBundle require(String id) throws StatusException {
        for (ServedBundle bundle : bundles) {
            if (bundle.id().equals(id) && bundle.head().isPresent()) {
                return bundle;
            }
        }
        boolean waiting = bundles.stream().anyMatch(bundle -> bundle.head().isEmpty());
        if (waiting) {
            throw Status.UNAVAILABLE
                    .withDescription(
                            "no bundle '" + id + "' has been published yet; the sources of a bundle have errors,"
                                    + " see ListBundles or the control plane's log")
                    .asException();
        }
        String known = bundles.stream().map(ServedBundle::id).sorted().collect(Collectors.joining(", "));
        throw Status.NOT_FOUND
                .withDescription("there is no bundle '" + id + "'; this control plane serves " + known)
                .asException();
    }
}
