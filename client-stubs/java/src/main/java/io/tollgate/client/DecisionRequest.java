/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.client;

import io.tollgate.v1.DecideRequest;

/**
 * One question to the sidecar, checked and immutable: may this actor do this, here, with this much? Safe to keep and to
 * send again, from any thread; mind that sending a CONSUME again takes again, unless it has an idempotency key.
 *
 * <pre>{@code
 * DecisionRequest request = DecisionRequest.builder()
 *         .actor("user", "ada")
 *         .organization("acme")
 *         .project("rag")
 *         .action("llm", "model", "generate")
 *         .usage(1200, "token")
 *         .consume()
 *         .build();
 * }</pre>
 */
public final class DecisionRequest {
    private final DecideRequest message;

    DecisionRequest(DecideRequest message) {
        this.message = message;
    }

    /** Starts a request with mode CHECK and nothing else set. */
    public static DecisionRequestBuilder builder() {
        return new DecisionRequestBuilder();
    }

    /** Takes a message that was made elsewhere as it is: the sidecar checks it, and denies what is wrong with it. */
    public static DecisionRequest of(DecideRequest message) {
        return new DecisionRequest(message);
    }

    /** The message as it is sent. It may hold an API key: do not log it; {@link #toString()} is safe. */
    public DecideRequest toMessage() {
        return message;
    }

    /** Who asks for what, where; without the API key and without attribute values. */
    @Override
    public String toString() {
        final String actor = message.getActor().getId().isEmpty()
                ? "api key"
                : message.getActor().getType() + ":" + message.getActor().getId();
        return "DecisionRequest["
                + actor + " " + message.getTarget().getProduct() + "/"
                + message.getTarget().getResourceType() + "/"
                + message.getTarget().getAction() + " in "
                + message.getPlace().getOrganization() + "/"
                + message.getPlace().getProject() + "]";
    }
}
