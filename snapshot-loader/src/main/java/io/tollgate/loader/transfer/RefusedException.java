/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.transfer;

/** A snapshot did not pass a check. The message says what was expected, what came, and where; it names no secret. */
public final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Which check. */
    public enum Check {
        /** Not what the contract says: unparsable, a field missing or out of range. */
        MALFORMED,
        /** SHA-256 over the manifest's bytes. */
        MANIFEST_DIGEST,
        /** Signature of the manifest. */
        SIGNATURE,
        /** Layout of the records is not known to this version. */
        SCHEMA,
        /** Another bundle than the one asked for. */
        BUNDLE,
        /** Older than what is installed. */
        ROLLBACK,
        /** As old as what is installed, with other content. */
        CONFLICT,
        /** More than the configured limits allow. */
        LIMIT,
        /** A chunk came out of its turn. */
        CHUNK_ORDER,
        /** CRC-32C of a chunk's payload. */
        CHUNK_CRC,
        /** A payload that does not inflate to the length it claims. */
        CHUNK_CONTENT,
        /** SHA-256 over a section. */
        SECTION_DIGEST,
        /** Bytes, records or chunks other than the manifest says. */
        COUNT,
        /** A record that does not make sense: a reference that does not resolve, a value out of range. */
        CONTENT,
        /** It would answer too many of the last decisions otherwise. */
        DRY_RUN
    }

    private final Check check;
    private final String reason;

    /**
     * Refuses.
     *
     * @param check which check failed
     * @param message what was expected, what came, where
     */
    public RefusedException(Check check, String message) {
        super(message);
        this.check = check;
        this.reason = message;
    }

    /** {@return what was expected, what came, where} */
    public String reason() {
        return reason;
    }

    /** {@return which check failed} */
    public Check check() {
        return check;
    }
}
