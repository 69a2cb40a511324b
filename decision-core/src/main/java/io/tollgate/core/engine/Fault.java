/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

/** What went wrong inside, for the operator; callers see only the reason. */
public enum Fault {
    /** Nothing. */
    NONE("nothing"),
    /** A ceiling could not be read: period out of the table, too many ceilings, or a cell that does not exist. */
    CEILINGS_UNUSABLE("a ceiling of the chain could not be evaluated"),
    /** The wallet could not be read: billing period out of the table, or its cell does not exist. */
    WALLET_UNUSABLE("the wallet that pays could not be evaluated"),
    /** More pools than are looked at match the request, or one has no counter. */
    POOLS_UNUSABLE("too many capacity pools match the request, or one could not be evaluated"),
    /** A batch of more requests, or more ceilings and pools, than fit one step. */
    BATCH_TOO_LARGE("the batch has more requests, or more ceilings and pools, than fit in one step"),
    /** A request of a batch was answered otherwise than it was asked. */
    BATCH_CHANGED("a request of the batch changed between its two readings"),
    /** Other decisions were in the way of an exact answer until the tries were used up. */
    CONTENDED("too many decisions at once on the same ceilings"),
    /** Somebody else was ending or extending the reservation for too long. */
    RESERVATION_BUSY("the reservation was being changed by another call"),
    /** The first request with this idempotency key is being decided right now. */
    KEY_IN_PROGRESS("another request with the same idempotency key is being decided"),
    /** No room for one more idempotency key; nothing was taken. */
    KEYS_FULL("the store of idempotency keys is full"),
    /** No room for one more reservation; nothing was taken. */
    RESERVATIONS_FULL("the store of reservations is full"),
    /** The operation is audited and the decision log had no room for it, or is not being written; nothing was taken. */
    AUDIT_UNAVAILABLE("the operation is audited and the decision log cannot take its entry"),
    /** No room for a usage record, or the journal has failed; nothing was taken. */
    JOURNAL_FULL("the usage journal is full or has failed");

    private final String message;

    Fault(final String message) {
        this.message = message;
    }

    /** {@return in words for the operator} */
    public String message() {
        return message;
    }
}
