/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

/** What exactly is wrong with a request of class REQUEST, where the reason alone would leave the caller guessing. */
public enum Problem {
    /** The reason says it all. */
    NONE(""),
    /** Its form; see {@link io.tollgate.core.request.DecisionRequest#defectMessage()}. */
    FORM("the request is malformed"),
    /** Neither or both of actor and API key. */
    ACTOR_AMBIGUOUS("name either an actor (type and id) or an API key, not both and not neither"),
    /** Nothing would ever give it back. */
    GAUGE_NEEDS_RESERVE("this action holds something until it is released; ask with mode RESERVE (or CHECK)"),
    /** Longer than a reservation may be held. */
    TTL_TOO_LONG("reservation.ttl_ms is more than 24 hours"),
    /** Only what is held and not overdue can be extended. */
    RESERVATION_NOT_OPEN("the reservation is not open: it has ended or is past its expiry"),
    /** What a batch grants has to be known beforehand. */
    PARTIAL_IN_BATCH("allow_partial is not possible in a CUMULATIVE or ATOMIC batch"),
    /** A batch has no key of its own. */
    IDEMPOTENCY_IN_BATCH("idempotency_key is not possible in a CUMULATIVE or ATOMIC batch"),
    /** Nobody remembers what came back. */
    REFUND_WITH_KEY("hits are given back without an idempotency_key"),
    /** All of it, or nothing. */
    REFUND_IN_PART("allow_partial is not possible when hits are given back"),
    /** It is known who holds it. */
    REFUND_OF_HELD("this action holds something until it is released, so hits of it cannot be given back; release its"
            + " reservation"),
    /** Money is not given back by who says so. */
    REFUND_OF_CREDIT(
            "this action costs credit, so hits of it cannot be given back; reserve it, and settle what was" + " used"),
    /** What is billed has been reported. */
    REFUND_OF_METERED("this action uses what is metered for the customer's subscription, so hits of it cannot be given"
            + " back; reserve it, and settle what was used"),
    /** There is nothing to take. */
    CHECK_IN_ATOMIC_BATCH("the mode of a request in an ATOMIC batch has to be CONSUME or RESERVE"),
    /** Of several usages it would not be clear which to cut. */
    PARTIAL_NEEDS_ONE_USAGE("allow_partial needs exactly one usage"),
    /** No unit of that name. */
    UNIT_UNKNOWN("the unit is not registered"),
    /** A unit that the action does not accept. */
    UNIT_NOT_ACCEPTED("the action does not accept this unit"),
    /** Zero or less. */
    AMOUNT_NOT_POSITIVE("an amount must be at least 1"),
    /** Too large. */
    AMOUNT_OVERFLOWS("the amount is too large"),
    /** Nothing said about how much. */
    USAGE_REQUIRED("this action needs at least one usage"),
    /** No attribute of that name. */
    ATTRIBUTE_UNKNOWN("the attribute is not declared in the registry"),
    /** Declared with another type. */
    ATTRIBUTE_TYPE("the attribute is declared with another type"),
    /** No dimension of that name. */
    READING_UNKNOWN("the dimension of this reading is not registered"),
    /** Nothing is used less than not at all. */
    READING_NEGATIVE("a reading is at least 0"),
    /** Two readings contradict one another, or say the same. */
    READING_TWICE("there is more than one reading of this dimension"),
    /** Nobody said where. */
    ORGANIZATION_REQUIRED("place.organization is needed"),
    /** No such organization. */
    ORGANIZATION_UNKNOWN("the organization does not exist or is disabled"),
    /** No such department there. */
    DEPARTMENT_UNKNOWN("the department does not exist in this organization or is disabled"),
    /** No such project there. */
    PROJECT_UNKNOWN("the project does not exist in this organization or is disabled"),
    /** The project is somewhere else. */
    PROJECT_NOT_IN_DEPARTMENT("the project does not belong to this department"),
    /** The key may be used in one project only. */
    KEY_BOUND_TO_OTHER_PROJECT("the API key is bound to another project"),
    /** Nobody of that name there. */
    ACTOR_UNKNOWN("the actor is not known in this organization"),
    /** No such key there. */
    KEY_UNKNOWN("the API key is not known in this organization"),
    /** Switched off. */
    ACTOR_INACTIVE("the actor is disabled or expired"),
    /** Switched off. */
    KEY_INACTIVE("the API key is disabled or expired"),
    /** Switched off. */
    KEY_OWNER_INACTIVE("the owner of the API key is disabled or expired"),
    /** More roles than fit. */
    TOO_MANY_ROLES("the actor holds more roles than can be evaluated");

    private final String message;

    Problem(final String message) {
        this.message = message;
    }

    /** {@return what is wrong, in words for the caller} */
    public String message() {
        return message;
    }
}
