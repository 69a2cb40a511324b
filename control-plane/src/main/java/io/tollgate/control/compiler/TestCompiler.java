/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.source.BundleSource.Part;
import io.tollgate.control.source.Code;
import io.tollgate.control.source.Folder;
import io.tollgate.control.source.PrincipalName;
import io.tollgate.control.source.ScopePath;
import io.tollgate.control.source.Value;
import io.tollgate.v1.Actor;
import io.tollgate.v1.DecideMode;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.GaugeReading;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Place;
import io.tollgate.v1.Reason;
import io.tollgate.v1.ScopeLevel;
import io.tollgate.v1.Target;
import io.tollgate.v1.Usage;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * tests/: questions and expected answers. Names are checked, unless the test expects the REQUEST class to refuse them: then an unknown name
 * is the point of the test.
 */
final class TestCompiler {
    private static final int FIRST_REQUEST_REASON = 100;
    private static final int LAST_REQUEST_REASON = 199;

    private final Compilation compilation;
    private final Registry registry;
    private final ScopeTree tree;
    private final Attributes attributes;
    private final Set<String> operations = new LinkedHashSet<>();

    TestCompiler(Compilation compilation, Registry registry, ScopeTree tree) {
        this.compilation = compilation;
        this.registry = registry;
        this.tree = tree;
        this.attributes = new Attributes(compilation, registry);
        registry.operations()
                .forEach(o -> operations.add(o.getProduct() + "/" + o.getResourceType() + "/" + o.getAction()));
    }

    List<BundleTest> compile() {
        List<BundleTest> tests = new ArrayList<>();
        for (Part part : compilation.files(Folder.TESTS)) {
            for (Value.Fields fields : part.root().fieldsOf("tests")) {
                Value.Fields request = fields.fields("request");
                Value.Fields expect = fields.fields("expect");
                if (request != null && expect != null) {
                    tests.add(test(fields, request, expect));
                }
            }
        }
        return tests;
    }

    private BundleTest test(Value.Fields fields, Value.Fields request, Value.Fields expect) {
        BundleTest.Expectation expectation = expectation(expect);
        boolean checked = expectation
                .reason()
                .map(reason -> reason.getNumber() < FIRST_REQUEST_REASON || reason.getNumber() > LAST_REQUEST_REASON)
                .orElse(true);
        if (checked) {
            checkTarget(request);
            checkPlace(request);
            checkActor(request);
            checkUnits(request);
        }
        Long at = fields.get("at", Long.class);
        return new BundleTest(
                fields.text("name"),
                fields.at(),
                at == null ? OptionalLong.empty() : OptionalLong.of(at),
                (int) fields.number("repeat", 1),
                request(request),
                expectation);
    }

    private static BundleTest.Expectation expectation(Value.Fields expect) {
        ScopePath limitScope = expect.get("limit_scope", ScopePath.class);
        return new BundleTest.Expectation(
                expect.has("outcome")
                        ? Outcome.valueOf("OUTCOME_" + expect.text("outcome").toUpperCase(Locale.ROOT))
                        : Outcome.OUTCOME_UNSPECIFIED,
                expect.has("reason")
                        ? Optional.of(Reason.valueOf("REASON_" + expect.text("reason")))
                        : Optional.empty(),
                expect.has("rules") ? Optional.of(expect.texts("rules")) : Optional.empty(),
                Optional.ofNullable(expect.get("limit", String.class)),
                Optional.ofNullable(limitScope).map(ScopePath::path),
                Optional.ofNullable(expect.get("message", String.class)));
    }

    private void checkTarget(Value.Fields request) {
        Value.Fields target = request.fields("target");
        if (target == null || !target.has("product") || !target.has("resource_type") || !target.has("action")) {
            return;
        }
        String written = target.text("product") + "/" + target.text("resource_type") + "/" + target.text("action");
        if (!operations.contains(written)) {
            compilation.unknown(target.at(), "action", written, operations);
        }
    }

    private void checkPlace(Value.Fields request) {
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

    private void checkActor(Value.Fields request) {
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

    private void checkUnits(Value.Fields request) {
        for (Value.Entry usage : request.entries("usage")) {
            if (registry.unitId(usage.key()) == null) {
                compilation.unknown(usage.at(), "unit", usage.key(), registry.unitNames());
            }
        }
        for (Value.Entry reading : request.entries("current_usage")) {
            if (!registry.dimensionNames().contains(reading.key())) {
                compilation.unknown(reading.at(), "dimension", reading.key(), registry.dimensionNames());
            }
        }
    }

    private static String organization(Value.Fields request) {
        Value.Fields place = request.fields("place");
        return place == null ? "" : place.text("organization");
    }

    private DecideRequest request(Value.Fields fields) {
        DecideRequest.Builder request = DecideRequest.newBuilder()
                .setMode(DecideMode.valueOf("DECIDE_MODE_"
                        + fields.get("mode", String.class, "check").toUpperCase(Locale.ROOT)));
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
        request.putAllAttributes(attributes.values(fields, "attributes", "request"));
        for (Value.Entry reading : fields.entries("current_usage")) {
            request.addCurrentUsage(GaugeReading.newBuilder()
                    .setDimension(reading.key())
                    .setValue(((Value.Scalar) reading.value()).as(Long.class)));
        }
        for (Value.Entry usage : fields.entries("usage")) {
            request.addUsage(
                    Usage.newBuilder().setUnit(usage.key()).setAmount(((Value.Scalar) usage.value()).as(Long.class)));
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
