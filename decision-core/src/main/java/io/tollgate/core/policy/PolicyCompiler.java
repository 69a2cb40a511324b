/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.policy;

import io.tollgate.core.Effect;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Makes the bit sets of one policy. Used once, by one thread. */
final class PolicyCompiler {
    final int firstRule;
    final int ruleCount;
    final int words;
    final short[] operationClasses;
    final int operationSets;
    final int typeSets;
    final int typeCount;
    final int idSets;
    final int[] actorIds;
    final int roleSets;
    final int[] roles;
    final int tokenScopeSets;
    final int[] tokenScopes;
    final int effectSets;
    final int detailSet;

    private static final int[] NOTHING = new int[0];

    private final CompiledRule[] rules;
    private long[] bits = new long[0];
    private int operationClassCount;

    PolicyCompiler(final CompiledRule[] rules, final int firstRule, final int operationCount, final int typeCount) {
        this.rules = rules;
        this.firstRule = firstRule;
        ruleCount = rules.length;
        words = Math.max(1, ruleCount + Long.SIZE - 1 >>> 6);
        operationSets = bits.length;
        operationClasses = classify(operationCount);
        this.typeCount = typeCount;
        typeSets = reserve(typeCount + 1);
        fillTypes();
        actorIds = symbols(CompiledRule::actorIds);
        idSets = fillAny(actorIds, CompiledRule::actorIds, true);
        final Needed oneRole = new OneRole(rules);
        roles = symbols(oneRole);
        roleSets = fillAny(roles, oneRole, false);
        final Needed oneTokenScope = new OneOfAll(rules, CompiledRule::tokenScopes);
        tokenScopes = symbols(oneTokenScope);
        tokenScopeSets = fillAny(tokenScopes, oneTokenScope, false);
        effectSets = reserve(Effect.values().length);
        detailSet = reserve(1);
        for (int rule = 0; rule < ruleCount; rule++) {
            set(effectSets + (rules[rule].effectCode() - 1) * words, rule);
            if (rules[rule].hasDetail()) {
                set(detailSet, rule);
            }
        }
    }

    long[] bits() {
        return bits;
    }

    private short[] classify(final int operationCount) {
        final long[][] byOperation = new long[operationCount][];
        for (int rule = 0; rule < ruleCount; rule++) {
            for (final int operation : rules[rule].operations()) {
                if (byOperation[operation] == null) {
                    byOperation[operation] = new long[words];
                }
                byOperation[operation][rule >>> 6] |= 1L << rule;
            }
        }
        final short[] classes = new short[operationCount];
        final Map<List<Long>, Short> known = new HashMap<>();
        for (int operation = 0; operation < operationCount; operation++) {
            final long[] covering = byOperation[operation];
            if (covering != null) {
                final List<Long> key = Arrays.stream(covering).boxed().toList();
                final Short operationClass = known.get(key);
                classes[operation] = operationClass != null ? operationClass : newClass(known, key, covering);
            }
        }
        return classes;
    }

    private short newClass(final Map<List<Long>, Short> known, final List<Long> key, final long[] covering) {
        final int at = reserve(1);
        System.arraycopy(covering, 0, bits, at, words);
        operationClassCount++;
        known.put(key, (short) operationClassCount);
        return (short) operationClassCount;
    }

    private void fillTypes() {
        for (int rule = 0; rule < ruleCount; rule++) {
            final int[] types = rules[rule].actorTypes();
            for (int type = -1; type < typeCount; type++) {
                if (types.length == 0 || contains(types, type)) {
                    set(typeSets + (type + 1) * words, rule);
                }
            }
        }
    }

    /** Makes the set of the rules that do not ask, and one for each symbol; with {@code including} the first is part of the others. */
    private int fillAny(final int[] symbols, final Needed needed, final boolean including) {
        final int sets = reserve(symbols.length + 1);
        for (int rule = 0; rule < ruleCount; rule++) {
            final int[] asked = needed.of(rules[rule]);
            if (asked.length == 0) {
                for (int i = 0; i <= (including ? symbols.length : 0); i++) {
                    set(sets + i * words, rule);
                }
            }
            for (final int symbol : asked) {
                set(sets + (Arrays.binarySearch(symbols, symbol) + 1) * words, rule);
            }
        }
        return sets;
    }

    private int[] symbols(final Needed needed) {
        return Arrays.stream(rules)
                .flatMapToInt(rule -> IntStream.of(needed.of(rule)))
                .sorted()
                .distinct()
                .toArray();
    }

    private int reserve(final int sets) {
        final int at = bits.length;
        bits = Arrays.copyOf(bits, Math.addExact(at, Math.multiplyExact(sets, words)));
        return at;
    }

    private void set(final int at, final int rule) {
        bits[at + (rule >>> 6)] |= 1L << rule;
    }

    private static boolean contains(final int[] symbols, final int symbol) {
        for (final int each : symbols) {
            if (each == symbol) {
                return true;
            }
        }
        return false;
    }

    /** Symbols of which one has to be held. */
    private interface Needed {
        int[] of(CompiledRule rule);
    }

    /**
     * Of symbols that a rule needs all, the one that the fewest rules of the policy ask for: who lacks it is told apart by the sets alone.
     * What many rules ask for, many callers hold, and each of those rules would have to be looked at one by one.
     */
    private record OneOfAll(Map<Integer, Integer> askedFor, Needed all) implements Needed {
        OneOfAll(final CompiledRule[] rules, final Needed all) {
            this(new HashMap<>(), all);
            for (final CompiledRule rule : rules) {
                for (final int symbol : all.of(rule)) {
                    askedFor.merge(symbol, 1, Integer::sum);
                }
            }
        }

        @Override
        public int[] of(final CompiledRule rule) {
            return IntStream.of(all.of(rule))
                    .boxed()
                    .min(Comparator.comparing(askedFor::get))
                    .map(rarest -> new int[] {rarest})
                    .orElse(NOTHING);
        }
    }

    /** Any of roles_any, or where there are none the rarest of roles_all. */
    private record OneRole(OneOfAll ofAll) implements Needed {
        OneRole(final CompiledRule[] rules) {
            this(new OneOfAll(rules, CompiledRule::rolesAll));
        }

        @Override
        public int[] of(final CompiledRule rule) {
            return rule.rolesAny().length > 0 ? rule.rolesAny() : ofAll.of(rule);
        }
    }
}
