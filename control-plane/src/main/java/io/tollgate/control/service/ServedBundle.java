/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.service;

import io.tollgate.control.publish.PublishedSnapshot;
import io.tollgate.v1.BundleStatus;
import io.tollgate.v1.PlaneSourceAge;
import java.util.List;
import java.util.Optional;

/** A bundle as the services see it. Any thread. */
public interface ServedBundle {
    /** {@return the bundle's id; empty while it has never compiled} */
    String id();

    /** {@return the newest snapshot, or empty when none was ever published} */
    Optional<PublishedSnapshot> current();

    /**
     * {@return a snapshot by version; empty when it is not kept}
     *
     * @param version 0 = the newest
     */
    Optional<PublishedSnapshot> find(long version);

    /** {@return how old each plane's evidence already is here} */
    List<PlaneSourceAge> sourceAges();

    /** {@return what operators see} */
    BundleStatus status();
}
