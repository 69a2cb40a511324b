/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.ledger;

/** What the bundles that are served now know. Any thread; must not wait. */
public interface KnownNames {
    /** Knows everything: nothing is remarked upon. */
    KnownNames ALL = new KnownNames() {
        @Override
        public boolean dimension(String name) {
            return true;
        }

        @Override
        public boolean customer(String externalId) {
            return true;
        }
    };

    /** {@return whether a registry has the dimension, or nothing is known about registries} */
    boolean dimension(String name);

    /** {@return whether a directory has the customer, or nothing is known about directories} */
    boolean customer(String externalId);
}
