/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.delta;

import java.util.Locale;

/** A delta was not applied; what was active stays. The message says what was expected, what came, and where; it names no secret. */
public final class DeltaRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Why. */
    public enum Cause {
        /** SHA-256 over the delta's bytes. */
        DIGEST,
        /** Nobody who is trusted has signed it. */
        SIGNATURE,
        /** It does not parse, or a field is missing. */
        MALFORMED,
        /** Another layout of records than this version reads. */
        SCHEMA,
        /** Of another bundle. */
        BUNDLE,
        /** Of another epoch. */
        EPOCH,
        /** More than the limits allow. */
        LIMIT,
        /** It does not follow the last one. */
        GAP,
        /** It was made on top of another state than the one here. */
        PREVIOUS_STATE,
        /** Its changes do not come to the state that it claims. */
        RESULT_STATE,
        /** A record that does not make sense, or a reference that does not resolve. */
        CONTENT,
        /** It changes what only a whole snapshot can change. */
        NOT_PATCHABLE,
        /** A dry run says that it would change too many decisions. */
        DRY_RUN,
        /** The disk is full or fails, or the snapshot's records cannot be read. */
        STORAGE,
        /** The control plane's state at the same sequence is another one. */
        DIVERGED,
        /** So much has changed that a snapshot takes its place. */
        OVERLAY_FULL,
        /** The control plane is behind what was in force here: its history went back. */
        ROLLBACK;

        /** {@return its name in metrics and status} */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Cause why;
    private final String reason;

    /** Refuses. */
    public DeltaRefusedException(Cause why, String message) {
        super(message);
        this.why = why;
        this.reason = message;
    }

    /** {@return why} */
    public Cause why() {
        return why;
    }

    /** {@return what was expected, what came, where} */
    public String reason() {
        return reason;
    }
}
