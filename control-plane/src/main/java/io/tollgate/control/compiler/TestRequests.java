/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.source.Code;
import io.tollgate.control.source.PrincipalName;
import io.tollgate.control.source.ScopePath;
import io.tollgate.control.source.Value;
import io.tollgate.v1.Actor;
import io.tollgate.v1.DecideMode;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.GaugeReading;
import io.tollgate.v1.Place;
import io.tollgate.v1.ReservationOptions;
import io.tollgate.v1.ScopeLevel;
import io.tollgate.v1.Target;
import io.tollgate.v1.Usage;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The questions of tests/: made into requests, their names checked. A key that a step's request lacks is that of the test's. */
final class TestRequests {
    private final Compilation compilation;
    private final Registry registry;
    private final ScopeTree tree;
    private final Attributes attributes;
    private final Set<String> operations = new LinkedHashSet<>();

    TestRequests(Compilation compilation, Registry registry, ScopeTree tree) {
        this.compilation = compilation;
        this.registry = registry;
        this.tree = tree;
        this.attributes = new Attributes(compilation, registry);
        registry.operations()
                .forEach(o -> operations.add(o.getProduct() + "/" + o.getResourceType() + "/" + o.getAction()));
    }

    /** A request over the one that it leaves keys to; null = there is none. */
    record Written(Value.Fields own, Value.@Nullable Fields base) {
        /** {@return the mapping that says it, the own one if none does} */
        Value.Fields with(String key) {
            return base != null && !own.isWritten(key) && base.isWritten(key) ? base : own;
        }

        Value.@Nullable Fields fields(String key) {
            return with(key).fields(key);
        }

        List<Value.Entry> entries(String key) {
            return with(key).entries(key);
        }

        String text(String key) {
            return with(key).text(key);
        }

        long number(String key) {
            return with(key).number(key, 0);
        }
    }

    /**
     * The request of a test or a step.
     *
     * @param checked whether its names must be known
     */
    DecideRequest compile(Written written, boolean checked) {
        for (String key : List.of("actor", "place", "target")) {
            if (!written.with(key).isWritten(key)) {
                compilation.error(
                        written.own().at(),
                        Code.MISSING_KEY,
                        "a request needs the key '" + key + "'",
                        "add it, here or in the request of the test");
            }
        }
        if (checked) {
            checkTarget(written);
            checkPlace(written);
            checkActor(written);
            checkUnits(written.entries("usage"));
            checkReadings(written);
        }
        return request(written);
    }

    /** {@return amounts by unit; units are checked} */
    List<Usage> usages(Value.Fields fields, String key) {
        checkUnits(fields.entries(key));
        List<Usage> usages = new ArrayList<>();
        for (Value.Entry usage : fields.entries(key)) {
            usages.add(usage(usage));
        }
        return usages;
    }

    private static Usage usage(Value.Entry usage) {
        return Usage.newBuilder()
                .setUnit(usage.key())
                .setAmount(((Value.Scalar) usage.value()).as(Long.class))
                .build();
    }

    private void checkTarget(Written request) {
        Value.Fields target = request.fields("target");
        if (target == null || !target.has("product") || !target.has("resource_type") || !target.has("action")) {
            return;
        }
        String written = target.text("product") + "/" + target.text("resource_type") + "/" + target.text("action");
        if (!operations.contains(written)) {
            compilation.unknown(target.at(), "action", written, operations);
        }
    }

    private void checkPlace(Written request) {
        Value.Fields place = request.fields("place");
        if (place == null || !place.has("organization")) {
            return;
        }
        String organization = place.text("organization");
        if (tree.find(ScopePath.organization(organization)) == null) {
            compilation.unknown(place.at("organization"), "organization", organization, tree.organizationIds());
            return;
        }
        checkBelow(place, "department", ScopePath.department(organization, place.text("department")));
        checkBelow(place, "project", ScopePath.project(organization, place.text("project")));
    }

    private void checkBelow(Value.Fields place, String key, ScopePath path) {
        if (place.has(key) && tree.find(path) == null && !tree.isBroken(path)) {
            compilation.unknown(place.at(key), key, path.id(), tree.ids(path.organization(), path.level()));
        }
    }

    private void checkActor(Written request) {
        Value.Fields actor = request.fields("actor");
        String organization = organization(request);
        if (actor == null || organization.isEmpty() || !actor.has("type") || !actor.has("id")) {
            return;
        }
        if (!registry.actorTypes().contains(actor.text("type"))) {
            compilation.unknown(actor.at("type"), "actor type", actor.text("type"), registry.actorTypes());
            return;
        }
        PrincipalName name = new PrincipalName(actor.text("type"), actor.text("id"));
        ScopePath path = ScopePath.principal(organization, name);
        if (tree.find(path) == null && !tree.isBroken(path)) {
            compilation.unknown(
                    actor.at("id"),
                    "principal",
                    actor.text("id"),
                    tree.ids(organization, ScopeLevel.SCOPE_LEVEL_PRINCIPAL));
        }
    }

    private void checkUnits(List<Value.Entry> usages) {
        for (Value.Entry usage : usages) {
            if (registry.unitId(usage.key()) == null) {
                compilation.unknown(usage.at(), "unit", usage.key(), registry.unitNames());
            }
        }
    }

    private void checkReadings(Written request) {
        for (Value.Entry reading : request.entries("current_usage")) {
            if (!registry.dimensionNames().contains(reading.key())) {
                compilation.unknown(reading.at(), "dimension", reading.key(), registry.dimensionNames());
            }
        }
    }

    private static String organization(Written request) {
        Value.Fields place = request.fields("place");
        return place == null ? "" : place.text("organization");
    }

    private DecideRequest request(Written fields) {
        DecideRequest.Builder request = DecideRequest.newBuilder()
                .setMode(DecideMode.valueOf("DECIDE_MODE_"
                        + fields.with("mode").get("mode", String.class, "check").toUpperCase(Locale.ROOT)))
                .setIdempotencyKey(fields.text("idempotency_key"))
                .setMaxStalenessMs(fields.number("max_staleness"))
                .setRegistryVersion(fields.number("registry_version"));
        boolean partial = fields.with("allow_partial").flag("allow_partial", false);
        if (partial || fields.number("ttl") > 0) {
            request.setReservation(ReservationOptions.newBuilder()
                    .setTtlMs(fields.number("ttl"))
                    .setAllowPartial(partial));
        }
        Value.Fields place = fields.fields("place");
        if (place != null) {
            request.setPlace(Place.newBuilder()
                    .setOrganization(place.text("organization"))
                    .setDepartment(place.text("department"))
                    .setProject(place.text("project")));
        }
        Value.Fields target = fields.fields("target");
        if (target != null) {
            request.setTarget(Target.newBuilder()
                    .setProduct(target.text("product"))
                    .setResourceType(target.text("resource_type"))
                    .setAction(target.text("action"))
                    .setResourceId(target.text("resource_id"))
                    .putAllResourceAttributes(attributes.values(target, "attributes", "resource")));
        }
        Value.Fields actor = fields.fields("actor");
        if (actor != null) {
            request.setActor(actor(actor, organization(fields)));
        }
        request.putAllAttributes(attributes.values(fields.with("attributes"), "attributes", "request"));
        for (Value.Entry reading : fields.entries("current_usage")) {
            request.addCurrentUsage(GaugeReading.newBuilder()
                    .setDimension(reading.key())
                    .setValue(((Value.Scalar) reading.value()).as(Long.class)));
        }
        for (Value.Entry usage : fields.entries("usage")) {
            request.addUsage(usage(usage));
        }
        return request.build();
    }

    private Actor actor(Value.Fields fields, String organization) {
        Actor.Builder actor = Actor.newBuilder()
                .setType(fields.text("type"))
                .setId(fields.text("id"))
                .addAllRoles(fields.texts("roles"))
                .addAllScopes(fields.texts("token_scopes"))
                .putAllAttributes(attributes.values(fields, "attributes", "actor"));
        if (fields.has("api_key")) {
            apiKey(fields, organization, actor);
        }
        return actor.build();
    }

    /** Tests name an API key by its id; the question carries its hash, since the key itself is nowhere. */
    private void apiKey(Value.Fields fields, String organization, Actor.Builder actor) {
        if (organization.isEmpty()) {
            compilation.error(
                    fields.at("api_key"),
                    Code.MISSING_KEY,
                    "the id of an API key says nothing without its organization",
                    "add 'organization' to the place of the request");
            return;
        }
        String id = fields.text("api_key");
        @Nullable ScopeNode key = tree.find(ScopePath.apiKey(organization, id));
        if (key == null && tree.isBroken(ScopePath.apiKey(organization, id))) {
            return;
        }
        if (key == null) {
            compilation.unknown(
                    fields.at("api_key"), "API key", id, tree.ids(organization, ScopeLevel.SCOPE_LEVEL_API_KEY));
        } else {
            actor.setApiKeySha256(Objects.requireNonNull(key).record().getApiKeySha256());
        }
    }
}
