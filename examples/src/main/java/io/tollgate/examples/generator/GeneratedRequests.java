/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.examples.generator;

import com.google.protobuf.UnsafeByteOperations;
import io.tollgate.core.DecideMode;
import io.tollgate.core.request.AttributeGroup;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.Field;
import io.tollgate.v1.Actor;
import io.tollgate.v1.AttributeValue;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.Place;
import io.tollgate.v1.Target;
import io.tollgate.v1.Usage;

/**
 * What principals ask: to invoke a model with some tokens, in their project, named by their API key (a chain of seven scopes) or by type
 * and id (six).
 */
public final class GeneratedRequests {
    /** The resource attribute region of every request. */
    public static final String REGION = "eu-1";
    /** The resource attribute model of every request. */
    public static final String MODEL = "large";

    private static final int MOST_TOKENS = 4;

    private final GeneratedShape shape;

    /** Asks for principals of this shape. */
    public GeneratedRequests(final GeneratedShape shape) {
        this.shape = shape;
    }

    /** {@return tokens that a principal asks for, 1 to 4: few, so that no rate is too small for a benchmark} */
    public int tokens(final int principal) {
        return 1 + (int) Long.remainderUnsigned(Mixer.mix(shape.seed() + 1, principal), MOST_TOKENS);
    }

    /** {@return id of the principal's organization} */
    public String organization(final int principal) {
        return GeneratedNames.organization(shape.organizationOf(principal));
    }

    /** {@return id of the principal's project} */
    public String project(final int principal) {
        return GeneratedNames.project(shape.projectOf(principal));
    }

    /** {@return a CONSUME of this principal, by its API key} */
    public DecideRequest byKey(final int principal) {
        return request(principal)
                .setActor(Actor.newBuilder()
                        .setApiKeySha256(UnsafeByteOperations.unsafeWrap(GeneratedNames.apiKeySha256(principal)))
                        .addScopes(GeneratedPolicies.TOKEN_SCOPE))
                .build();
    }

    /** {@return a CONSUME of this principal, by type and id} */
    public DecideRequest byName(final int principal) {
        return request(principal)
                .setActor(Actor.newBuilder()
                        .setType(GeneratedNames.actorType(principal))
                        .setId(GeneratedNames.principal(principal))
                        .addScopes(GeneratedPolicies.TOKEN_SCOPE))
                .build();
    }

    /** Fills an engine's request as {@link #byKey}; allocates. */
    public void fillByKey(final DecisionRequest request, final int principal) {
        fill(request, principal).apiKeyHash(GeneratedNames.apiKeySha256(principal));
    }

    /** Fills an engine's request as {@link #byName}; allocates. */
    public void fillByName(final DecisionRequest request, final int principal) {
        fill(request, principal)
                .set(Field.ACTOR_TYPE, GeneratedNames.actorType(principal))
                .set(Field.ACTOR_ID, GeneratedNames.principal(principal));
    }

    private DecideRequest.Builder request(final int principal) {
        return DecideRequest.newBuilder()
                .setCorrelationId("c-" + principal)
                .setMode(io.tollgate.v1.DecideMode.DECIDE_MODE_CONSUME)
                .setPlace(Place.newBuilder()
                        .setOrganization(organization(principal))
                        .setProject(project(principal)))
                .setTarget(Target.newBuilder()
                        .setProduct(GeneratedRegistry.PRODUCT)
                        .setResourceType(GeneratedRegistry.RESOURCE_TYPE)
                        .setAction(GeneratedRegistry.ACTION)
                        .setResourceId("large-1")
                        .putResourceAttributes("region", text(REGION))
                        .putResourceAttributes("model", text(MODEL)))
                .addUsage(Usage.newBuilder().setAmount(tokens(principal)).setUnit(GeneratedRegistry.TOKEN));
    }

    private static AttributeValue text(final String value) {
        return AttributeValue.newBuilder().setStringValue(value).build();
    }

    private DecisionRequest fill(final DecisionRequest request, final int principal) {
        request.reset()
                .mode(DecideMode.CONSUME)
                .set(Field.ORGANIZATION, organization(principal))
                .set(Field.PROJECT, project(principal))
                .set(Field.PRODUCT, GeneratedRegistry.PRODUCT)
                .set(Field.RESOURCE_TYPE, GeneratedRegistry.RESOURCE_TYPE)
                .set(Field.ACTION, GeneratedRegistry.ACTION)
                .set(Field.RESOURCE_ID, "large-1")
                .addUsage(tokens(principal), GeneratedRegistry.TOKEN)
                .addTokenScope(GeneratedPolicies.TOKEN_SCOPE);
        request.attributes().text(AttributeGroup.RESOURCE, "region", REGION);
        request.attributes().text(AttributeGroup.RESOURCE, "model", MODEL);
        return request;
    }
}
