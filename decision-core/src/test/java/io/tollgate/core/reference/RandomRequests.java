/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.DecideMode;
import io.tollgate.core.world.def.AttributeDef;
import io.tollgate.core.world.def.AttributeType;
import io.tollgate.core.world.def.AttributeValue;
import io.tollgate.core.world.def.OperationDef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Questions about a {@link RandomWorld}: mostly sensible, sometimes about things that do not exist. */
final class RandomRequests {
    private final RandomWorld world;
    private final Random random;

    RandomRequests(final RandomWorld world, final Random random) {
        this.world = world;
        this.random = random;
    }

    ReferenceRequest next() {
        final List<OperationDef> operations = world.registry.operations();
        final OperationDef operation = operations.get(random.nextInt(operations.size()));
        final boolean byKey = random.nextInt(4) == 0;
        final boolean nobody = random.nextInt(60) == 0;
        return new ReferenceRequest(
                random.nextInt(3) == 0 ? DecideMode.CHECK : DecideMode.CONSUME,
                random.nextInt(6) == 0 ? random.nextInt(8) : 0,
                random.nextInt(10) == 0 ? random.nextInt(20_000) : ReferenceRequest.NOT_STATED,
                nobody ? new ReferenceRequest.ActorPart("user", "", List.of(), List.of(), "") : actor(byKey),
                place(byKey, "org"),
                place(byKey, "dept"),
                place(byKey, "project"),
                new ReferenceRequest.Operation(
                        operation.product(),
                        operation.resourceType(),
                        random.nextInt(40) == 0 ? "nonsense" : operation.action()),
                usages(operation),
                random.nextInt(5) == 0,
                new ReferenceRequest.Facts(random.nextBoolean() ? "" : text(), attributes(), readings()));
    }

    private Map<String, AttributeValue> attributes() {
        final Map<String, AttributeValue> attributes = new HashMap<>();
        if (random.nextInt(4) == 0) {
            return attributes;
        }
        for (final AttributeDef declared : world.registry.attributes()) {
            // callers state nothing of places
            if (!declared.name().startsWith("place.") && random.nextBoolean()) {
                final boolean wrong = random.nextInt(200) == 0;
                attributes.put(declared.name(), wrong ? wrong(declared) : world.value(declared.type(), random));
            }
        }
        if (random.nextInt(60) == 0) {
            attributes.put("resource.nonsense", new AttributeValue.Flag(true));
        }
        return attributes;
    }

    private AttributeValue wrong(final AttributeDef declared) {
        return declared.type() == AttributeType.STRING
                ? new AttributeValue.Whole(1)
                : new AttributeValue.Text("no such type");
    }

    private List<ReferenceRequest.Reading> readings() {
        final List<ReferenceRequest.Reading> readings = new ArrayList<>();
        for (int left = random.nextInt(3); left > 0; left--) {
            final int dimension = random.nextInt(world.registry.dimensions().size());
            final String name = random.nextInt(50) == 0
                    ? "nonsense"
                    : world.registry.dimensions().get(dimension).name();
            readings.add(new ReferenceRequest.Reading(name, random.nextInt(50) == 0 ? -1 : random.nextInt(10)));
        }
        return readings;
    }

    private String text() {
        return RandomConditions.TEXTS.get(random.nextInt(4));
    }

    private ReferenceRequest.ActorPart actor(final boolean byKey) {
        final List<String> roles = pick(RandomWorld.ROLES, 3);
        final List<String> tokenScopes = pick(RandomWorld.TOKEN_SCOPES, 2);
        if (byKey) {
            final byte[] unknown = new byte[32];
            final byte[] key =
                    random.nextInt(15) == 0 ? unknown : world.apiKeys.get(random.nextInt(world.apiKeys.size()));
            return new ReferenceRequest.ActorPart(
                    "", "", roles, tokenScopes, HexFormat.of().formatHex(key));
        }
        final String type = random.nextInt(40) == 0 ? "robot" : RandomWorld.TYPES.get(random.nextInt(3));
        return new ReferenceRequest.ActorPart(type, RandomWorld.IDS.get(random.nextInt(4)), roles, tokenScopes, "");
    }

    private String place(final boolean byKey, final String level) {
        return switch (level) {
            case "org" ->
                byKey && random.nextBoolean()
                        ? ""
                        : random.nextInt(30) == 0 ? "nowhere" : random.nextBoolean() ? "acme" : "beta";
            case "dept" ->
                random.nextInt(3) > 0 ? "" : random.nextInt(10) == 0 ? "hr" : random.nextBoolean() ? "eng" : "ops";
            default ->
                random.nextInt(3) == 0 ? "" : random.nextInt(20) == 0 ? "moon" : random.nextBoolean() ? "rag" : "web";
        };
    }

    private List<ReferenceRequest.Usage> usages(final OperationDef operation) {
        final List<ReferenceRequest.Usage> usages = new ArrayList<>();
        final int count = operation.acceptedUnitIds().isEmpty() ? random.nextInt(20) / 19 : random.nextInt(3);
        for (int i = 0; i < count; i++) {
            final String unit = operation.acceptedUnitIds().isEmpty() || random.nextInt(25) == 0
                    ? random.nextBoolean() ? "furlong" : "request"
                    : world.registry
                            .units()
                            .get(operation
                                    .acceptedUnitIds()
                                    .get(random.nextInt(
                                            operation.acceptedUnitIds().size())))
                            .name();
            usages.add(new ReferenceRequest.Usage(amount(unit), unit));
        }
        return usages;
    }

    private long amount(final String unit) {
        return switch (random.nextInt(40)) {
            case 0 -> 0;
            case 1 -> -5;
            case 2 -> Long.MAX_VALUE;
            case 3 -> Long.MAX_VALUE / 3_600_000L + random.nextInt(3) - 1;
            default ->
                unit.equals("gpu_ms") ? random.nextInt(8_000_000) : 1 + random.nextInt(unit.equals("token") ? 150 : 3);
        };
    }

    private List<String> pick(final List<String> of, final int odds) {
        return of.stream().filter(one -> random.nextInt(odds) == 0).toList();
    }
}
