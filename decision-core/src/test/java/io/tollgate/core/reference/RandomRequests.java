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

    private final RandomRegistry.Features features;

    RandomRequests(final RandomWorld world, final RandomRegistry.Features features, final Random random) {
        this.world = world;
        this.features = features;
        this.random = random;
    }

    ReferenceRequest next() {
        final List<OperationDef> operations = world.registry.operations();
        final OperationDef operation = operations.get(random.nextInt(operations.size()));
        final List<ReferenceRequest.Usage> usages = usages(operation);
        final boolean byKey = random.nextInt(4) == 0;
        final boolean nobody = random.nextInt(world.friendly ? 300 : 60) == 0;
        return new ReferenceRequest(
                mode(operation),
                random.nextInt(world.friendly ? 60 : 6) == 0 ? random.nextInt(8) : 0,
                random.nextInt(world.friendly ? 100 : 10) == 0 ? random.nextInt(20_000) : ReferenceRequest.NOT_STATED,
                nobody ? new ReferenceRequest.ActorPart("user", "", List.of(), List.of(), "") : actor(byKey),
                place(byKey, "org"),
                place(byKey, "dept"),
                place(byKey, "project"),
                new ReferenceRequest.Operation(
                        operation.product(),
                        operation.resourceType(),
                        random.nextInt(world.friendly ? 200 : 40) == 0 ? "nonsense" : operation.action()),
                usages,
                options(usages.size() == 1 ? random.nextInt(4) == 0 : random.nextInt(20) == 0),
                new ReferenceRequest.Facts(random.nextBoolean() ? "" : text(), attributes(), readings()));
    }

    /** {@return one without what batches refuse; but seldom with it} */
    ReferenceRequest plain() {
        final ReferenceRequest request = next();
        return random.nextInt(15) == 0 ? request : request.with(ReferenceRequest.Options.NONE);
    }

    private DecideMode mode(final OperationDef operation) {
        final int dice = random.nextInt(9);
        if (dice < 3) {
            return DecideMode.CHECK;
        }
        // what holds something is seldom consumed: that is refused
        final boolean holds = operation.charges().stream()
                .anyMatch(charge -> charge.dimensionId() == RandomRegistry.RUNNING && random.nextInt(20) > 0);
        if (holds || dice < 6) {
            return features.reservations() ? DecideMode.RESERVE : holds ? DecideMode.CHECK : DecideMode.CONSUME;
        }
        return DecideMode.CONSUME;
    }

    ReferenceRequest.Options options(final boolean allowPartial) {
        final long[] ttls = {0, 3_600_000, 1, 1_000, 30_000, 3_600_000, 86_400_000, 86_400_001};
        final boolean timed = features.reservations();
        return new ReferenceRequest.Options(
                allowPartial,
                timed ? ttls[random.nextInt(random.nextInt(10) == 0 ? ttls.length : 7)] : 0,
                features.keys() && random.nextInt(5) == 0 ? "key" + random.nextInt(6) : "");
    }

    /** {@return what a reservation might really have used} */
    List<ReferenceRequest.Usage> actual() {
        final List<ReferenceRequest.Usage> usages = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            final String unit = random.nextInt(12) == 0
                    ? "furlong"
                    : world.registry
                            .units()
                            .get(random.nextInt(world.registry.units().size()))
                            .name();
            usages.add(new ReferenceRequest.Usage(
                    1 + random.nextInt(unit.equals("gpu_ms") ? 8_000_000 : unit.equals("token") ? 150 : 3), unit));
        }
        return usages;
    }

    /** {@return usages that the operation of a request accepts} */
    List<ReferenceRequest.Usage> usagesLike(final ReferenceRequest request) {
        return world.registry.operations().stream()
                .filter(each -> each.action().equals(request.operation().action())
                        && each.product().equals(request.operation().product())
                        && each.resourceType().equals(request.operation().resourceType()))
                .findAny()
                .map(this::usages)
                .orElse(List.of());
    }

    private Map<String, AttributeValue> attributes() {
        final Map<String, AttributeValue> attributes = new HashMap<>();
        if (random.nextInt(4) == 0) {
            return attributes;
        }
        for (final AttributeDef declared : world.registry.attributes()) {
            // callers state nothing of places
            if (!declared.name().startsWith("place.") && random.nextBoolean()) {
                final boolean wrong = random.nextInt(world.friendly ? 2_000 : 200) == 0;
                attributes.put(declared.name(), wrong ? wrong(declared) : world.value(declared.type(), random));
            }
        }
        if (random.nextInt(world.friendly ? 500 : 60) == 0) {
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
            final String name = random.nextInt(world.friendly ? 300 : 50) == 0
                    ? "nonsense"
                    : world.registry.dimensions().get(dimension).name();
            readings.add(new ReferenceRequest.Reading(
                    name, random.nextInt(world.friendly ? 300 : 50) == 0 ? -1 : random.nextInt(10)));
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
            final byte[] key = random.nextInt(world.friendly ? 100 : 15) == 0
                    ? unknown
                    : world.apiKeys.get(random.nextInt(world.apiKeys.size()));
            return new ReferenceRequest.ActorPart(
                    "", "", roles, tokenScopes, HexFormat.of().formatHex(key));
        }
        final String type =
                random.nextInt(world.friendly ? 300 : 40) == 0 ? "robot" : RandomWorld.TYPES.get(random.nextInt(3));
        return new ReferenceRequest.ActorPart(type, RandomWorld.IDS.get(random.nextInt(4)), roles, tokenScopes, "");
    }

    private String place(final boolean byKey, final String level) {
        return switch (level) {
            case "org" ->
                byKey && (world.friendly || random.nextBoolean())
                        ? ""
                        : random.nextInt(world.friendly ? 200 : 30) == 0
                                ? "nowhere"
                                : random.nextBoolean() ? "acme" : "beta";
            case "dept" ->
                random.nextInt(world.friendly ? 12 : 3) > 0
                        ? ""
                        : random.nextInt(10) == 0 ? "hr" : random.nextBoolean() ? "eng" : "ops";
            default ->
                random.nextInt(3) == 0
                        ? ""
                        : random.nextInt(world.friendly ? 200 : 20) == 0
                                ? "moon"
                                : random.nextBoolean() ? "rag" : "web";
        };
    }

    private List<ReferenceRequest.Usage> usages(final OperationDef operation) {
        final List<ReferenceRequest.Usage> usages = new ArrayList<>();
        final int count = operation.acceptedUnitIds().isEmpty()
                ? (random.nextInt(world.friendly ? 100 : 20) == 0 ? 1 : 0)
                : random.nextInt(5) == 0 ? 0 : 1 + random.nextInt(2);
        for (int i = 0; i < count; i++) {
            final String unit = operation.acceptedUnitIds().isEmpty() || random.nextInt(world.friendly ? 150 : 25) == 0
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
        return switch (random.nextInt(world.friendly ? 200 : 40)) {
            case 0 -> 0;
            case 1 -> -5;
            case 2 -> Long.MAX_VALUE;
            case 3 -> Long.MAX_VALUE / 3_600_000L + random.nextInt(3) - 1;
            default ->
                unit.equals("gpu_ms")
                        ? 1 + random.nextInt(8_000_000)
                        : 1 + random.nextInt(unit.equals("token") ? 150 : 3);
        };
    }

    private List<String> pick(final List<String> of, final int odds) {
        return of.stream().filter(one -> random.nextInt(odds) == 0).toList();
    }
}
