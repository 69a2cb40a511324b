/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.source.Code;
import io.tollgate.control.source.Position;
import io.tollgate.control.source.Quoted;
import io.tollgate.v1.CapacityPoolRecord;
import io.tollgate.v1.ChargeRecord;
import io.tollgate.v1.DimensionKind;
import io.tollgate.v1.OperationRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is probably not meant about pools: nobody reaches them, several serve the same requests, or an action that none can serve. */
final class PoolChecks {
    /** As many as a sidecar looks at for one request. */
    private static final int MOST_ALIKE = 64;

    private final Compilation compilation;
    private final Registry registry;

    private record Terms(int dimension, Map<String, String> match, String owner) {}

    PoolChecks(Compilation compilation, Registry registry) {
        this.compilation = compilation;
        this.registry = registry;
    }

    /** Checks pools, in the order in which a sidecar tries them; positions by pool id. */
    void check(List<CapacityPoolRecord> pools, Map<String, Position> positions) {
        Set<Integer> charged = charged();
        Map<Terms, List<String>> alike = new HashMap<>();
        Set<Integer> pooled = new HashSet<>();
        for (CapacityPoolRecord pool : pools) {
            Position at = positions.getOrDefault(pool.getId(), Position.ofFile("capacity"));
            pooled.add(pool.getDimensionId());
            if (!charged.contains(pool.getDimensionId())) {
                compilation.warning(
                        at,
                        Code.NEVER_CHARGED,
                        "no action charges " + Quoted.of(name(pool.getDimensionId()))
                                + ": nothing is ever taken of pool " + Quoted.of(pool.getId()),
                        "charge it in the registry, or remove the pool");
            }
            future(pool, at);
            List<String> earlier = alike.computeIfAbsent(
                    new Terms(pool.getDimensionId(), pool.getMatchMap(), pool.getReservedForPath()),
                    terms -> new ArrayList<>());
            alike(pool, at, earlier);
            earlier.add(pool.getId());
        }
        for (int dimension : charged) {
            if (!pooled.contains(dimension)) {
                compilation.warning(
                        Position.ofFile("capacity"),
                        Code.NEVER_MATCHES,
                        "an action charges " + Quoted.of(name(dimension))
                                + " and there is no pool of it: it is always denied",
                        "write a pool in capacity/");
            }
        }
    }

    private void future(CapacityPoolRecord pool, Position at) {
        if (pool.getObservedAtMs() > compilation.nowMs()) {
            compilation.warning(
                    at,
                    Code.OUT_OF_RANGE,
                    "pool " + Quoted.of(pool.getId())
                            + " was observed in the future: until then every later observation counts as an older one and"
                            + " changes nothing of what is used",
                    "write when it was observed");
        }
    }

    private void alike(CapacityPoolRecord pool, Position at, List<String> earlier) {
        if (earlier.size() == MOST_ALIKE) {
            compilation.error(
                    at,
                    Code.TOO_LARGE,
                    "more than " + MOST_ALIKE + " pools of " + Quoted.of(name(pool.getDimensionId()))
                            + " match the same requests; a sidecar looks at no more than that",
                    "tell them apart by 'match', or put what is alike into one pool");
        } else if (!earlier.isEmpty() && earlier.size() < MOST_ALIKE) {
            compilation.warning(
                    at,
                    Code.SHADOWED,
                    "pool " + Quoted.of(pool.getId()) + " matches what pool " + Quoted.of(earlier.get(0))
                            + " does: it serves only what that one cannot hold",
                    "nothing, if that is meant; or tell them apart by 'match'");
        }
    }

    private Set<Integer> charged() {
        Set<Integer> charged = new HashSet<>();
        for (OperationRecord operation : registry.record().getOperationsList()) {
            for (ChargeRecord charge : operation.getChargesList()) {
                if (registry.dimension(charge.getDimensionId()).getKind() == DimensionKind.DIMENSION_KIND_CAPACITY) {
                    charged.add(charge.getDimensionId());
                }
            }
        }
        return charged;
    }

    private String name(int dimension) {
        return registry.dimension(dimension).getName();
    }
}
