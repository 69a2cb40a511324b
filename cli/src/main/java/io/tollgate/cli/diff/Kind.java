/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.diff;

/** What operators tell apart, in the order in which it is shown. */
public enum Kind {
    SETTING("Settings of the bundle"),
    UNIT("Units"),
    DIMENSION("Dimensions"),
    OPERATION("Operations"),
    FEATURE("Features"),
    ATTRIBUTE("Attributes"),
    RULE("Rules"),
    ENTITLEMENT("Entitlements"),
    SCOPE("Scopes"),
    LIMIT("Limits"),
    PRICE("Prices"),
    WALLET("Wallets"),
    POOL("Capacity pools");

    private final String title;

    Kind(String title) {
        this.title = title;
    }

    /** {@return the heading} */
    public String title() {
        return title;
    }
}
