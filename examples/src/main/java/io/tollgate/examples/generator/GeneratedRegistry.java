/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.examples.generator;

import io.tollgate.core.DimensionKind;
import io.tollgate.core.Plane;
import io.tollgate.core.world.def.ChargeDef;
import io.tollgate.core.world.def.DimensionDef;
import io.tollgate.core.world.def.FeatureDef;
import io.tollgate.core.world.def.FeatureType;
import io.tollgate.core.world.def.OperationDef;
import io.tollgate.core.world.def.RegistryDef;
import io.tollgate.core.world.def.UnitDef;
import java.util.ArrayList;
import java.util.List;

/**
 * The registry. The operation that benchmarks ask for, llm / model / invoke, charges one request per minute, its tokens per minute and its
 * tokens per month, and a place on a model; a feature gates it, and it has to be paid for.
 */
public final class GeneratedRegistry {
    /** Product of the measured operation. */
    public static final String PRODUCT = "llm";
    /** Its resource type. */
    public static final String RESOURCE_TYPE = "model";
    /** Its action. */
    public static final String ACTION = "invoke";
    /** Unit of its usage. */
    public static final String TOKEN = "token";
    /** Its id in the registry. */
    public static final int INVOKE = 0;
    /** Dimension: requests per minute. */
    public static final int REQUEST_RATE = 0;
    /** Dimension: tokens per minute. */
    public static final int TOKEN_RATE = 1;
    /** Dimension: tokens per month. */
    public static final int TOKENS = 2;

    /** Dimension: places on a model, a capacity. */
    public static final int SLOTS = 3;

    static final int LLM_ACCESS = 0;
    static final int OTHER_OPERATIONS = 15;
    static final List<Plane> PLANES =
            List.of(Plane.DIRECTORY, Plane.POLICY, Plane.ENTITLEMENT, Plane.QUOTA, Plane.CREDIT, Plane.CAPACITY);

    private static final int REQUEST_UNIT = 0;
    static final int TOKEN_UNIT = 1;
    private static final int KILOTOKEN_UNIT = 2;

    private GeneratedRegistry() {}

    static RegistryDef registry() {
        return new RegistryDef(
                1,
                0,
                List.of(
                        new UnitDef("request", REQUEST_UNIT, 1, "request"),
                        new UnitDef(TOKEN, TOKEN_UNIT, 1, "token"),
                        new UnitDef("kilotoken", TOKEN_UNIT, 1_000, "thousand tokens")),
                List.of(
                        new DimensionDef(
                                "llm.request_rate", "llm", REQUEST_UNIT, DimensionKind.RATE, "Requests per minute"),
                        new DimensionDef("llm.token_rate", "llm", TOKEN_UNIT, DimensionKind.RATE, "Tokens per minute"),
                        new DimensionDef("llm.tokens", "llm", TOKEN_UNIT, DimensionKind.PERIOD, "Tokens per month"),
                        new DimensionDef("llm.slots", "llm", REQUEST_UNIT, DimensionKind.CAPACITY, "Model slots")),
                operations(),
                List.of("user", "service", "agent"),
                List.of(
                        new FeatureDef("llm-access", FeatureType.CONFIG, "Language models"),
                        new FeatureDef("batch-jobs", FeatureType.BOOLEAN, "Batch jobs")),
                GeneratedConditions.ATTRIBUTES,
                2);
    }

    private static List<OperationDef> operations() {
        final List<OperationDef> operations = new ArrayList<>();
        operations.add(new OperationDef(
                PRODUCT,
                RESOURCE_TYPE,
                ACTION,
                List.of(TOKEN_UNIT, KILOTOKEN_UNIT),
                List.of(
                        new ChargeDef(REQUEST_RATE, false, ChargeDef.ANY_UNIT, 1),
                        new ChargeDef(TOKEN_RATE, true, ChargeDef.ANY_UNIT, 0),
                        new ChargeDef(TOKENS, true, ChargeDef.ANY_UNIT, 0),
                        new ChargeDef(SLOTS, false, ChargeDef.ANY_UNIT, 1)),
                LLM_ACCESS,
                PLANES,
                0,
                new OperationDef.Traits(true, false, true, "Invoke a model")));
        final List<Plane> permission = List.of(Plane.DIRECTORY, Plane.POLICY);
        for (int i = 1; i <= OTHER_OPERATIONS; i++) {
            operations.add(new OperationDef(
                    i % 2 == 0 ? PRODUCT : "storage",
                    i % 2 == 0 ? "deployment" : "bucket",
                    "action-" + i,
                    List.of(),
                    List.of(),
                    OperationDef.NO_FEATURE,
                    permission,
                    0,
                    OperationDef.Traits.PLAIN));
        }
        return operations;
    }
}
