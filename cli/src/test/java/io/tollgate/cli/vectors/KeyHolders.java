/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.vectors;

import io.tollgate.v1.DecideRequest;
import java.util.Map;
import java.util.Objects;

/** Whose the keys of the vectors are, and where they count: what the service behind Envoy learns of a request with a key. */
final class KeyHolders {
    private record Holder(String organization, String project, String type, String id) {}

    /** As the directories of the bundles say. */
    private static final Map<String, Holder> OF_KEY = Map.of(
            "test-key-ci", new Holder("acme", "rag", "service", "bot"),
            "test-key-free", new Holder("acme", "", "user", "ana"),
            "test-key-lapsing", new Holder("acme", "", "user", "ana"),
            "test-key-plain", new Holder("acme", "", "", ""),
            "test-key-loose", new Holder("acme", "", "", ""),
            "test-key-bot", new Holder("levels", "one", "service", "bot"));

    private static final Map<String, String> DEPARTMENT =
            Map.of("basic rag", "research", "conditions rag", "lab", "quota one", "lab");

    private KeyHolders() {}

    /** {@return the request with the key's holder in place of the key; without a key as it is} */
    static DecideRequest found(DecideRequest request, String bundle) {
        if (request.getActor().getApiKey().isEmpty()) {
            return request;
        }
        final Holder holder =
                Objects.requireNonNull(OF_KEY.get(request.getActor().getApiKey()));
        final String asked = request.getPlace().getProject();
        final String project = asked.isEmpty() ? holder.project() : asked;
        final DecideRequest.Builder found = request.toBuilder();
        found.getActorBuilder().setType(holder.type()).setId(holder.id());
        found.getPlaceBuilder()
                .setOrganization(holder.organization())
                .setProject(project)
                .setDepartment(DEPARTMENT.getOrDefault(bundle + " " + project, ""));
        return found.build();
    }
}
