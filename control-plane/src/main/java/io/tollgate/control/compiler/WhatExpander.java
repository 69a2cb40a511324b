/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.source.Code;
import io.tollgate.control.source.Quoted;
import io.tollgate.control.source.Value;
import io.tollgate.v1.OperationRecord;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** What a rule is about: names and prefixes to the operations that they stand for. */
final class WhatExpander {
    private static final List<String> KEYS = List.of("products", "resource_types", "actions");

    private final Compilation compilation;
    private final Registry registry;

    WhatExpander(Compilation compilation, Registry registry) {
        this.compilation = compilation;
        this.registry = registry;
    }

    BitSet expand(Value.Fields what, String ruleId) {
        BitSet operations = new BitSet();
        if (KEYS.stream().noneMatch(what::isWritten)) {
            compilation.error(
                    what.at(),
                    Code.MISSING_KEY,
                    "'what' of rule " + Quoted.of(ruleId) + " names nothing",
                    "name products, resource_types or actions; products: ['*'] means everything");
            return operations;
        }
        List<OperationRecord> all = registry.operations();
        operations.set(0, all.size());
        boolean known = narrow(operations, what, "products", "product", OperationRecord::getProduct);
        known &= narrow(operations, what, "resource_types", "resource type", OperationRecord::getResourceType);
        known &= narrow(operations, what, "actions", "action", OperationRecord::getAction);
        if (known && operations.isEmpty()) {
            compilation.warning(
                    what.at(),
                    Code.NEVER_MATCHES,
                    "rule " + Quoted.of(ruleId) + " can never match: no operation has all of these",
                    "look up which resource types and actions the products have in registry/");
        }
        return operations;
    }

    /** Keeps the operations that one of the key's patterns matches. */
    private boolean narrow(
            BitSet operations, Value.Fields what, String key, String word, Function<OperationRecord, String> name) {
        if (!what.isWritten(key)) {
            return true;
        }
        BitSet matching = new BitSet();
        boolean known = true;
        for (Value.Scalar item : what.scalars(key)) {
            BitSet found = find(item.as(String.class), name);
            matching.or(found);
            if (found.isEmpty()) {
                known &= reportUnmatched(item, word, name);
            }
        }
        operations.and(matching);
        return known;
    }

    private BitSet find(String pattern, Function<OperationRecord, String> name) {
        BitSet found = new BitSet();
        List<OperationRecord> all = registry.operations();
        boolean prefix = pattern.endsWith("*");
        String text = prefix ? pattern.substring(0, pattern.length() - 1) : pattern;
        for (int i = 0; i < all.size(); i++) {
            String candidate = name.apply(all.get(i));
            if (prefix ? candidate.startsWith(text) : candidate.equals(text)) {
                found.set(i);
            }
        }
        return found;
    }

    /** An exact name must be registered; a prefix may wait for what is to come. */
    private boolean reportUnmatched(Value.Scalar item, String word, Function<OperationRecord, String> name) {
        String pattern = item.as(String.class);
        Set<String> known = new TreeSet<>(Utf8.ORDER);
        registry.operations().forEach(operation -> known.add(name.apply(operation)));
        if (pattern.endsWith("*")) {
            compilation.warning(
                    item.at(),
                    Code.NEVER_MATCHES,
                    "no " + word + " starts with " + Quoted.of(pattern.substring(0, pattern.length() - 1)),
                    Compilation.nearestOf(pattern, known));
        } else {
            compilation.unknown(item.at(), word, pattern, known);
        }
        return false;
    }
}
