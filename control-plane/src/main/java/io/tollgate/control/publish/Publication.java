/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.publish;

/**
 * What one publication came to.
 *
 * @param bundle the bundle's id
 * @param head what is published now
 * @param changedRecords records that were added, replaced and removed; of the first snapshot all
 * @param whole why it is a whole snapshot: "the registry has changed"; empty = it is a delta
 */
public record Publication(String bundle, BundleHead head, int changedRecords, String whole) {
    /** {@return whether sidecars patch what they have} */
    public boolean isDelta() {
        return whole.isEmpty();
    }

    /** {@return the sequence that it took} */
    public long sequence() {
        return head.sequence();
    }

    /** {@return the newest snapshot's version; of a delta one from before it} */
    public long version() {
        return head.version();
    }

    /** {@return "change 17 (3 records)" or "version 4 (the registry has changed)"} */
    public String text() {
        return isDelta()
                ? "change " + sequence() + " (" + changedRecords + (changedRecords == 1 ? " record)" : " records)")
                : "version " + version() + " (" + whole + ")";
    }
}
