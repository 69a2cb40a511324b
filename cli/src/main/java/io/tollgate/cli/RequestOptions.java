/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import io.tollgate.client.DecisionRequest;
import io.tollgate.client.DecisionRequestBuilder;
import io.tollgate.v1.DecideRequest;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The question, as flags or as a file. An API key comes from a file or a variable, never as a flag's value: those show
 * in process lists.
 */
final class RequestOptions {
    private static final String FILE = "--file";

    /** What becomes of the amount. */
    enum Mode {
        check,
        consume,
        reserve
    }

    @Spec(Spec.Target.MIXEE)
    CommandSpec spec;

    @Option(
            names = {"-f", FILE},
            paramLabel = "FILE",
            description =
                    "The whole request as JSON (DecideRequest); - reads standard input. Instead of the flags below.")
    @Nullable
    Path file;

    @Option(names = "--actor", paramLabel = "TYPE:ID", description = "Who asks, for instance user:ana.")
    @Nullable
    String actor;

    @Option(names = "--api-key-file", paramLabel = "FILE", description = "Who asks: the API key in this file.")
    @Nullable
    Path apiKeyFile;

    @Option(names = "--api-key-env", paramLabel = "NAME", description = "Who asks: the API key in this variable.")
    @Nullable
    String apiKeyVariable;

    @Option(names = "--role", paramLabel = "ROLE", description = "A role of the actor. Repeatable.")
    List<String> roles = new ArrayList<>();

    @Option(names = "--token-scope", paramLabel = "SCOPE", description = "A scope of the token. Repeatable.")
    List<String> tokenScopes = new ArrayList<>();

    @Option(names = "--org", paramLabel = "NAME", description = "Organization.")
    @Nullable
    String organization;

    @Option(names = "--department", paramLabel = "NAME", description = "Department; follows from the project.")
    @Nullable
    String department;

    @Option(names = "--project", paramLabel = "NAME", description = "Project.")
    @Nullable
    String project;

    @Option(
            names = "--action",
            paramLabel = "ACTION",
            description =
                    "PRODUCT/RESOURCE_TYPE/ACTION, for instance llm/model/invoke; or the action alone, with the two flags below.")
    @Nullable
    String action;

    @Option(names = "--product", paramLabel = "NAME", description = "Product of the action.")
    @Nullable
    String product;

    @Option(names = "--resource-type", paramLabel = "NAME", description = "Resource type of the action.")
    @Nullable
    String resourceType;

    @Option(names = "--resource-id", paramLabel = "ID", description = "The resource itself.")
    @Nullable
    String resourceId;

    @Option(
            names = "--usage",
            paramLabel = "AMOUNT:UNIT",
            description = "How much, for instance 1000:input_token. Repeatable.")
    List<String> usages = new ArrayList<>();

    @Option(
            names = "--attr",
            paramLabel = "NAME=VALUE",
            description = "An attribute, for conditions: actor.level=3, resource.region=eu-1, request.priority=high; "
                    + "a type may follow the name (resource.tag:string=3). Repeatable.")
    List<String> attributes = new ArrayList<>();

    @Option(
            names = "--current-usage",
            paramLabel = "DIMENSION=VALUE",
            description = "Your own reading of what is used now, for conditions: gpu.concurrent=7. Repeatable.")
    List<String> currentUsages = new ArrayList<>();

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            description = "${COMPLETION-CANDIDATES}; default check, which takes nothing.")
    @Nullable
    Mode mode;

    @Option(
            names = "--max-staleness",
            paramLabel = "TIME",
            converter = TimeSpan.class,
            description = "How old the evidence may be at most, for instance 5s.")
    @Nullable
    Duration maxStaleness;

    @Option(
            names = "--ttl",
            paramLabel = "TIME",
            converter = TimeSpan.class,
            description = "Mode reserve: how long it is held, 1s to 24h; default: the snapshot's.")
    @Nullable
    Duration ttl;

    @Option(names = "--allow-partial", description = "Grant less when less is left; needs exactly one --usage.")
    boolean allowPartial;

    @Option(names = "--idempotency-key", paramLabel = "KEY", description = "Repeating it takes nothing more.")
    @Nullable
    String idempotencyKey;

    @Option(names = "--correlation-id", paramLabel = "ID", description = "Echoed in the answer.")
    @Nullable
    String correlationId;

    /** @throws CommandFailure if flags or file do not make a request */
    DecideRequest request() {
        if (file == null) {
            return fromFlags();
        }
        for (OptionSpec option : spec.commandLine().getParseResult().matchedOptions()) {
            if (isRequestFlag(option)) {
                throw CommandFailure.usage(FILE + " is the whole request; leave out " + option.longestName());
            }
        }
        return RequestJson.read(Session.of(spec), file);
    }

    /** What says the request is of no use beside an option that brings one along. */
    void requireNone(String because) {
        for (OptionSpec option : spec.commandLine().getParseResult().matchedOptions()) {
            if (isRequestFlag(option) || option.longestName().equals(FILE)) {
                throw CommandFailure.usage(because + " brings its request along; leave out " + option.longestName());
            }
        }
    }

    private static boolean isRequestFlag(OptionSpec option) {
        return option.userObject() instanceof Field field
                && field.getDeclaringClass() == RequestOptions.class
                && !option.longestName().equals(FILE);
    }

    private DecideRequest fromFlags() {
        try {
            final DecisionRequestBuilder request = DecisionRequest.builder();
            who(request);
            where(request);
            what(request);
            if (mode == Mode.consume) {
                request.consume();
            } else if (mode == Mode.reserve && ttl != null) {
                request.reserve(ttl);
            } else if (mode == Mode.reserve) {
                request.reserve();
            } else if (ttl != null) {
                throw CommandFailure.usage("--ttl is for --mode reserve: nothing is held otherwise");
            }
            if (allowPartial) {
                request.allowPartial();
            }
            if (maxStaleness != null) {
                request.maxStaleness(maxStaleness);
            }
            if (idempotencyKey != null) {
                request.idempotencyKey(idempotencyKey);
            }
            if (correlationId != null) {
                request.correlationId(correlationId);
            }
            return request.build().toMessage();
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()));
        }
    }

    private void who(DecisionRequestBuilder request) {
        final ApiKeySource key = new ApiKeySource(Session.of(spec), apiKeyFile, apiKeyVariable);
        if (actor == null && !key.isGiven()) {
            throw CommandFailure.usage(
                    "who asks? Give --actor TYPE:ID (user:ana), --api-key-file, --api-key-env or --file");
        }
        if (actor != null) {
            final int colon = actor.indexOf(':');
            if (colon <= 0 || colon == actor.length() - 1) {
                throw CommandFailure.usage("--actor '" + actor + "' is not TYPE:ID, for instance user:ana");
            }
            request.actor(actor.substring(0, colon), actor.substring(colon + 1));
        }
        if (key.isGiven()) {
            request.apiKey(key.read());
        }
        roles.forEach(request::role);
        tokenScopes.forEach(request::tokenScope);
    }

    private void where(DecisionRequestBuilder request) {
        if (organization != null) {
            request.organization(organization);
        }
        if (department != null) {
            request.department(department);
        }
        if (project != null) {
            request.project(project);
        }
    }

    private void what(DecisionRequestBuilder request) {
        RequestWords.action(request, action, product, resourceType);
        if (resourceId != null) {
            request.resource(resourceId);
        }
        usages.forEach(usage -> RequestWords.usage(request, usage));
        attributes.forEach(attribute -> RequestWords.attribute(request, attribute));
        currentUsages.forEach(reading -> RequestWords.currentUsage(request, reading));
    }
}
