/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.vectors;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.tollgate.cli.lab.GrpcLab;
import io.tollgate.envoy.auth.v3.CheckRequest;
import io.tollgate.server.envoy.mapping.Mapping;
import io.tollgate.server.envoy.mapping.MappingReader;
import io.tollgate.v1.DecideRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** One mapping for several requests, a rule for each, and the Checks that those rules make them of. */
final class CheckMapping implements GrpcLab.Checks {
    /** What {@code upstream.identity} tells, each in the header {@code x-up-NAME}. */
    static final List<String> IDENTITY = List.of(
            "organization",
            "department",
            "project",
            "actor_type",
            "actor_id",
            "decision_id",
            "reservation_id",
            "granted",
            "cost",
            "obligations");

    static final String REMOVED = "x-secret";

    private final Map<DecideRequest, AsCheck> checks = new LinkedHashMap<>();
    private final JsonArray rules = new JsonArray();
    private final Mapping mapping;

    /**
     * Spreads the requests' values over Checks.
     *
     * @param requests those that {@link AsCheck#obstacle} says nothing against
     * @param seed     of the choice where each value stands
     */
    CheckMapping(List<DecideRequest> requests, long seed) {
        final SplittableRandom choice = new SplittableRandom(seed);
        for (DecideRequest request : requests) {
            if (!checks.containsKey(request)) {
                final AsCheck check = AsCheck.of(checks.size() + 1, request, choice);
                checks.put(request, check);
                rules.add(check.rule());
            }
        }
        mapping = checks.isEmpty() ? MappingReader.byContext() : MappingReader.read(yaml(), "vectors.yaml");
    }

    private String yaml() {
        final JsonArray trusted = new JsonArray();
        for (int i = 1; i <= CheckScribe.MOST_TRUSTED; i++) {
            trusted.add(CheckScribe.TRUSTED + i);
        }
        final JsonObject identity = new JsonObject();
        IDENTITY.forEach(each -> identity.addProperty(each, header(each)));
        final JsonArray removed = new JsonArray();
        removed.add(REMOVED);
        final JsonObject upstream = new JsonObject();
        upstream.add("identity", identity);
        upstream.add("remove", removed);
        final JsonObject file = new JsonObject();
        file.add("trusted_headers", trusted);
        file.add("upstream", upstream);
        file.add("rules", rules);
        return JsonText.of(file);
    }

    static String header(String identity) {
        return "x-up-" + identity.replace('_', '-');
    }

    @Override
    public Mapping mapping() {
        return mapping;
    }

    @Nullable
    AsCheck find(DecideRequest request) {
        return checks.get(request);
    }

    @Override
    public @Nullable CheckRequest of(DecideRequest request) {
        final AsCheck check = checks.get(request);
        return check == null ? null : check.check();
    }

    @Override
    public String toString() {
        return yaml();
    }
}
