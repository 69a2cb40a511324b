/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.source.BundleSource.Part;
import io.tollgate.control.source.Code;
import io.tollgate.control.source.Folder;
import io.tollgate.control.source.Position;
import io.tollgate.control.source.Quoted;
import io.tollgate.control.source.ScopePath;
import io.tollgate.control.source.Value;
import io.tollgate.v1.Effect;
import io.tollgate.v1.PolicyRecord;
import io.tollgate.v1.RuleRecord;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** policies/: the rules of each scope, merged in the order of the files. */
final class PolicyCompiler {
    private final Compilation compilation;
    private final ScopeTree tree;
    private final WhatExpander what;
    private final WhoChecks who;
    private final Conditions conditions;
    private final Map<String, ScopePolicy> policies = new TreeMap<>(Utf8.ORDER);

    PolicyCompiler(Compilation compilation, Registry registry, ScopeTree tree, DirectoryCompiler directory) {
        this.compilation = compilation;
        this.tree = tree;
        this.what = new WhatExpander(compilation, registry);
        this.who = new WhoChecks(compilation, registry, tree, directory.roles());
        this.conditions = new Conditions(compilation, registry);
    }

    /** The rules of one scope. */
    record ScopePolicy(ScopeNode node, List<Rule> rules) {}

    /**
     * One rule.
     *
     * @param operations what it is about
     * @param always whether it matches whoever asks, and under all conditions
     */
    record Rule(Position at, RuleRecord record, BitSet operations, boolean always) {}

    List<PolicyRecord> compile() {
        Map<String, Position> ids = new HashMap<>();
        for (Part part : compilation.files(Folder.POLICIES)) {
            ScopePath path = part.root().get("scope", ScopePath.class);
            ScopeNode node =
                    path == null ? null : tree.require(compilation, part.root().at("scope"), path);
            for (Value.Fields fields : part.root().fieldsOf("rules")) {
                if (node != null) {
                    rule(node, fields, ids);
                }
            }
        }
        conditions.finish();
        new PolicyChecks(compilation, policies).check();
        List<PolicyRecord> records = new ArrayList<>();
        for (ScopePolicy policy : policies.values()) {
            PolicyRecord.Builder record =
                    PolicyRecord.newBuilder().setScope(policy.node.path().ref());
            policy.rules.forEach(rule -> record.addRules(rule.record));
            records.add(record.build());
        }
        return records;
    }

    private void rule(ScopeNode node, Value.Fields fields, Map<String, Position> ids) {
        String id = fields.text("id");
        Position earlier = id.isEmpty() ? null : ids.putIfAbsent(node.path() + "/" + id, fields.at("id"));
        if (earlier != null) {
            compilation.duplicate(fields.at("id"), "rule", id, earlier);
            return;
        }
        Value.Fields whom = fields.fields("who");
        Value.Fields about = fields.fields("what");
        if (whom != null) {
            who.check(node, whom);
        }
        BitSet operations = about == null ? new BitSet() : what.expand(about, id);
        RuleRecord.Builder record = RuleRecord.newBuilder();
        conditions.compile(node, fields, operations, record);
        if (about == null || !fields.has("effect")) {
            return;
        }
        record.setId(id)
                .setEffect(Effect.valueOf("EFFECT_" + fields.text("effect").toUpperCase(Locale.ROOT)))
                .setMessage(fields.text("message"))
                .setSource(fields.at().toString());
        operations.stream().forEach(record::addOperationIds);
        if (whom != null) {
            record.addAllActorTypes(whom.texts("actor_types"))
                    .addAllActorIds(whom.texts("actor_ids"))
                    .addAllRolesAny(whom.texts("roles_any"))
                    .addAllRolesAll(whom.texts("roles_all"))
                    .addAllTokenScopes(whom.texts("token_scopes"));
        }
        policies.computeIfAbsent(node.path().path(), path -> new ScopePolicy(node, new ArrayList<>()))
                .rules
                .add(new Rule(fields.at(), record.build(), operations, isAnybody(record) && !fields.isWritten("when")));
    }

    private static boolean isAnybody(RuleRecord.Builder record) {
        return record.getActorTypesCount() == 0
                && record.getActorIdsCount() == 0
                && record.getRolesAnyCount() == 0
                && record.getRolesAllCount() == 0
                && record.getTokenScopesCount() == 0;
    }

    static boolean isYes(Effect effect) {
        return effect == Effect.EFFECT_ALLOW || effect == Effect.EFFECT_DELEGATE;
    }

    static String describe(Rule rule, ScopeNode node) {
        return "rule " + Quoted.of(rule.record().getId()) + " of " + node.path();
    }

    static void warn(Compilation compilation, Rule rule, Code code, String message, String remedy) {
        compilation.warning(rule.at(), code, message, remedy);
    }
}
