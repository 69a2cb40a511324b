/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.config;

import java.util.List;

/** The keys of the dry run before an activation. */
final class DryRunKeys {
    private static final int MAX_DECISIONS = 100_000;
    private static final int NO_BOUND = 1_000_000;

    static final ConfigKey DECISIONS = new ConfigKey(
            "dry_run.decisions",
            ConfigType.integer("decisions", 0, MAX_DECISIONS),
            "0",
            "How many of the last requests are kept, 2 KiB each, and asked of a snapshot or delta before it is activated. 0: no dry run.");
    static final ConfigKey MAX_FLIPS = new ConfigKey(
            "dry_run.max_flips",
            ConfigType.integer("flips", 0, NO_BOUND),
            Integer.toString(NO_BOUND),
            "How many of them may be allowed instead of denied, denied instead of allowed, or denied for another reason.");
    static final ConfigKey MAX_FLIP_PERCENT = new ConfigKey(
            "dry_run.max_flip_percent",
            ConfigType.percent(),
            "5",
            "The same as a share of those that were judged. 100: any.");
    static final ConfigKey ON_EXCEED = new ConfigKey(
            "dry_run.on_exceed",
            ConfigType.text("refuse or report", "refuse|report", "refuse or report"),
            "refuse",
            "What becomes of a snapshot or delta that flips more: `refuse`: what is live stays, until `tollgate snapshot allow`;"
                    + " `report`: it is activated all the same.");

    private DryRunKeys() {}

    /** {@return all of them in their order} */
    static List<ConfigKey> all() {
        return List.of(DECISIONS, MAX_FLIPS, MAX_FLIP_PERCENT, ON_EXCEED);
    }
}
