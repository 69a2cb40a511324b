/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.vectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.protobuf.ProtocolMessageEnum;
import io.tollgate.v1.DecideMode;
import io.tollgate.v1.DimensionKind;
import io.tollgate.v1.Effect;
import io.tollgate.v1.Enforcement;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import io.tollgate.v1.ReasonClass;
import io.tollgate.v1.ReservationOutcome;
import io.tollgate.v1.ScopeLevel;
import io.tollgate.v1.Severity;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Whatever an answer can say is said by some case: every value of these enumerations stands somewhere in what is expected. What cannot be
 * had from a decision is listed with the reason; an entry that has become possible must be taken out.
 */
class VectorCoverageTest {
    /** By name, so that one that a part still to come brings can stand here. */
    private static final Map<String, String> NOT_BY_A_DECISION = Map.of(
            "REASON_LEASE_EXPIRED",
            "there are no leases yet",
            "REASON_AUDIT_UNAVAILABLE",
            "needs a decision log that cannot be written, see AuditedTest",
            "REASON_OVERLOADED",
            "depends on the load of the machine, see OverloadTest",
            "REASON_JOURNAL_FULL",
            "needs a journal that is full or has failed, see JournalTest and JournalEdgeTest",
            "REASON_INTERNAL",
            "a fault of the sidecar, see EdgeFailureTest",
            "REASON_UNREACHABLE",
            "said by clients alone, see the client's own tests");

    private static final Map<String, String> NO_CEILINGS =
            Map.of("DIMENSION_KIND_CAPACITY", "pools limit it, not ceilings");

    private static final Set<String> EXPECTED = strings(true);
    private static final Set<String> ASKED = strings(false);

    /** All texts that cases expect, or ask with. */
    private static Set<String> strings(boolean expected) {
        final Set<String> texts = new TreeSet<>();
        for (VectorFile file : VectorFile.all()) {
            for (VectorCase vector : file.cases()) {
                for (JsonElement each : vector.steps()) {
                    for (var member : each.getAsJsonObject().entrySet()) {
                        if (member.getKey().equals("expect") == expected) {
                            collect(member.getValue(), texts);
                        }
                    }
                }
            }
        }
        return texts;
    }

    private static void collect(JsonElement element, Set<String> into) {
        if (element instanceof JsonObject object) {
            object.entrySet().forEach(member -> collect(member.getValue(), into));
        } else if (element.isJsonArray()) {
            element.getAsJsonArray().forEach(each -> collect(each, into));
        } else if (element instanceof JsonPrimitive value && value.isString()) {
            into.add(value.getAsString());
        }
    }

    private static <E extends Enum<E> & ProtocolMessageEnum> void assertMet(
            Set<String> met, E[] values, Map<String, String> exceptions) {
        final Set<String> missing = new TreeSet<>();
        final Set<String> possible = new TreeSet<>();
        for (E value : values) {
            if (value.name().equals("UNRECOGNIZED") || value.getNumber() == 0) {
                continue;
            }
            if (exceptions.containsKey(value.name())) {
                if (met.contains(value.name())) {
                    possible.add(value.name());
                }
            } else if (!met.contains(value.name())) {
                missing.add(value.name());
            }
        }
        assertEquals(Set.of(), missing, "no case expects");
        assertEquals(Set.of(), possible, "said to be impossible, and expected by a case");
    }

    @Test
    void shouldExpectEveryReasonAndEveryStage() {
        assertMet(EXPECTED, Reason.values(), NOT_BY_A_DECISION);
        assertMet(EXPECTED, ReasonClass.values(), Map.of());
        assertMet(EXPECTED, Outcome.values(), Map.of());
    }

    @Test
    void shouldExpectEveryEffectKindLevelAndSeverity() {
        assertMet(EXPECTED, Effect.values(), Map.of());
        assertMet(EXPECTED, DimensionKind.values(), NO_CEILINGS);
        assertMet(EXPECTED, Enforcement.values(), Map.of());
        assertMet(EXPECTED, Severity.values(), Map.of());
        assertMet(EXPECTED, ScopeLevel.values(), Map.of());
    }

    @Test
    void shouldAskInEveryModeAndEndInEveryWay() {
        assertMet(ASKED, DecideMode.values(), Map.of());
        assertMet(EXPECTED, ReservationOutcome.values(), Map.of());
    }

    @Test
    void shouldHaveEnoughCasesOnEveryTopic() {
        final Map<String, Integer> cases = new TreeMap<>();
        VectorFile.all().forEach(file -> cases.put(file.name(), file.cases().size()));
        final int all = cases.values().stream().mapToInt(Integer::intValue).sum();
        assertTrue(all >= 300, () -> all + " cases: " + cases);
        assertTrue(
                Arrays.stream(new String[] {
                            "request",
                            "freshness",
                            "policy",
                            "conditions",
                            "entitlement",
                            "quota-rates",
                            "quota-periods",
                            "quota-levels",
                            "quota-gauges",
                            "overrides",
                            "credit",
                            "capacity",
                            "reservations",
                            "batch"
                        })
                        .allMatch(topic -> cases.getOrDefault(topic + ".json", 0) > 0),
                () -> cases.keySet().stream().collect(Collectors.joining(", ")));
    }
}
