/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import io.tollgate.core.DecideMode;
import io.tollgate.core.Effect;
import io.tollgate.core.Outcome;
import io.tollgate.core.Reason;
import io.tollgate.core.condition.CalendarField;
import io.tollgate.core.condition.Expression;
import io.tollgate.core.condition.Operator;
import io.tollgate.core.condition.ValueType;
import io.tollgate.core.condition.Variable;
import io.tollgate.core.condition.VariableSource;
import io.tollgate.core.explain.Explanation;
import io.tollgate.core.request.AttributeGroup;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.Field;
import io.tollgate.core.world.def.RuleDef;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Conditions in decisions: what an error does to each effect, where every variable gets its value, what explain says. */
class ConditionDecisionTest {
    private static final Expression MISSING = ConditionWorld.equal(ConditionWorld.read("resource.region"), "eu");

    @TempDir
    Path directory;

    private final DecisionRequest request = new DecisionRequest();
    private final Decision decision = new Decision();
    private final Explanation explanation = new Explanation();
    private EngineFixture fixture;
    private DecisionWorker worker;

    @BeforeEach
    void open() {
        fixture = new EngineFixture(directory, 1);
        worker = fixture.engine.newWorker();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private Reason decide() {
        worker.begin();
        worker.decide(request, decision);
        worker.end();
        return decision.reason();
    }

    private Reason decide(final Effect global, final RuleDef... rules) {
        ConditionWorld.activate(fixture, global, List.of(rules));
        ConditionWorld.ask(request);
        return decide();
    }

    @Test
    void shouldDenyWhenTheConditionOfADenyOrRestrictRuleCannotBeEvaluated() {
        assertEquals(Reason.POLICY_ERROR, decide(Effect.ALLOW, ConditionWorld.rule("no", Effect.DENY, MISSING)));
        worker.begin();
        worker.decide(request, decision);
        assertEquals(
                "no",
                java.util.Objects.requireNonNull(decision.world()).policies().ruleName(decision.decidingRule()));
        assertEquals("Rule 'no' of org:acme could not be evaluated.", new UserMessages().of(request, decision));
        worker.end();
        assertEquals(Reason.POLICY_ERROR, decide(Effect.ALLOW, ConditionWorld.rule("only", Effect.RESTRICT, MISSING)));
        // another restrict rule that matches does not help
        assertEquals(
                Reason.POLICY_ERROR,
                decide(
                        Effect.ALLOW,
                        ConditionWorld.rule("only", Effect.RESTRICT, MISSING),
                        ConditionWorld.rule("open", Effect.RESTRICT, new Expression.Flag(true))));
        // a rule that says no is the better reason
        assertEquals(
                Reason.POLICY_DENY,
                decide(
                        Effect.ALLOW,
                        ConditionWorld.rule("only", Effect.DENY, MISSING),
                        ConditionWorld.rule("no", Effect.DENY, new Expression.Flag(true))));
    }

    @Test
    void shouldNotMatchWhenTheConditionOfAnyOtherRuleCannotBeEvaluated() {
        assertEquals(
                Reason.POLICY_NO_GRANT, decide(Effect.DELEGATE, ConditionWorld.rule("yes", Effect.ALLOW, MISSING)));
        assertEquals(Reason.OK, decide(Effect.ALLOW, ConditionWorld.rule("warn", Effect.WARN, MISSING)));
        assertEquals(Outcome.ALLOW, decision.outcome());
        assertEquals(Reason.OK, decide(Effect.ALLOW, ConditionWorld.rule("down", Effect.DELEGATE, MISSING)));
    }

    @Test
    void shouldFollowTheConditionOfEachEffect() {
        for (final boolean holds : new boolean[] {true, false}) {
            final Expression flag = new Expression.Flag(holds);
            assertEquals(
                    holds ? Reason.OK : Reason.POLICY_NO_GRANT,
                    decide(Effect.DELEGATE, ConditionWorld.rule("yes", Effect.ALLOW, flag)));
            assertEquals(
                    holds ? Reason.POLICY_DENY : Reason.OK,
                    decide(Effect.ALLOW, ConditionWorld.rule("no", Effect.DENY, flag)));
            assertEquals(
                    holds ? Reason.OK : Reason.POLICY_RESTRICTED,
                    decide(Effect.ALLOW, ConditionWorld.rule("only", Effect.RESTRICT, flag)));
            assertEquals(
                    holds ? Reason.POLICY_WARN : Reason.OK,
                    decide(Effect.ALLOW, ConditionWorld.rule("watch", Effect.WARN, flag)));
        }
    }

    @Test
    void shouldExplainEachConditionWithItsValueOrItsError() {
        ConditionWorld.activate(
                fixture,
                Effect.ALLOW,
                List.of(
                        ConditionWorld.rule(
                                "tier", Effect.WARN, ConditionWorld.equal(ConditionWorld.read("place.tier"), "gold")),
                        ConditionWorld.rule(
                                "org",
                                Effect.WARN,
                                ConditionWorld.equal(ConditionWorld.read(VariableSource.PLACE_ORGANIZATION), "acme")),
                        ConditionWorld.rule("region", Effect.DENY, MISSING)));
        ConditionWorld.ask(request);
        worker.begin();
        worker.explain(request, decision, explanation);
        worker.end();
        final List<String> lines = explanation.rules().stream()
                .filter(rule -> rule.scope().path().equals("org:acme"))
                .map(rule -> rule.matched() + " " + rule.error() + " " + rule.detail())
                .toList();
        assertEquals(
                List.of(
                        "false false condition 'source of tier' is false (attribute place.tier = 'platinum')",
                        "true false applies to every actor; condition 'source of org' is true"
                                + " (place.organization = 'acme')",
                        "false true condition 'source of region' could not be evaluated"
                                + " (attribute resource.region is missing)"),
                lines);
        assertEquals(
                "condition of rule 'region' of org:acme (policies/acme.yaml:7:3) could not be evaluated",
                explanation.stages().get(2).detail());
    }

    @Test
    void shouldReadEveryVariable() {
        final List<String> wrong = new ArrayList<>();
        final List<RuleDef> rules = new ArrayList<>();
        text(rules, VariableSource.ACTOR_TYPE, "user");
        text(rules, VariableSource.ACTOR_ID, "ada");
        text(rules, VariableSource.RESOURCE_ID, "gpt");
        text(rules, VariableSource.RESOURCE_TYPE, "chat");
        text(rules, VariableSource.REQUEST_PRODUCT, "llm");
        text(rules, VariableSource.REQUEST_ACTION, "complete");
        text(rules, VariableSource.REQUEST_MODE, "consume");
        text(rules, VariableSource.PLACE_ORGANIZATION, "acme");
        text(rules, VariableSource.PLACE_DEPARTMENT, "eng");
        text(rules, VariableSource.PLACE_PROJECT, "rag");
        text(rules, VariableSource.PLACE_PLAN, "pro");
        holds(rules, "role of the directory", element("admin", VariableSource.ACTOR_ROLES));
        holds(rules, "asserted role", element("auditor", VariableSource.ACTOR_ROLES));
        holds(rules, "roles once", count(VariableSource.ACTOR_ROLES, 3));
        holds(rules, "token scope", element("a:b", VariableSource.ACTOR_TOKEN_SCOPES));
        holds(
                rules,
                "hour in Berlin",
                ConditionWorld.equal(
                        new Expression.Calendar(
                                CalendarField.HOURS, "Europe/Berlin", ConditionWorld.read(VariableSource.TIME_NOW)),
                        9));
        number(rules, Variable.of(VariableSource.AMOUNT, 0, ValueType.INT), 30);
        number(rules, Variable.of(VariableSource.AMOUNT, 1, ValueType.INT), 2);
        number(rules, Variable.of(VariableSource.CHARGE, 0, ValueType.INT), 2_030);
        number(rules, Variable.of(VariableSource.USAGE, 0, ValueType.INT), 77);
        number(rules, new Variable(VariableSource.CONFIG, 0, "max_tokens", ValueType.INT), 8_192);
        holds(
                rules,
                "config list",
                new Expression.ElementOf(
                        new Expression.Text("large"),
                        new Variable(VariableSource.CONFIG, 0, "models", ValueType.STRING_LIST)));
        holds(
                rules,
                "config of another type",
                new Expression.Call(
                        Operator.NOT,
                        List.of(new Expression.Has(new Variable(VariableSource.CONFIG, 0, "none", ValueType.INT)))));
        text(rules, "actor.cost_center", "4711");
        text(rules, "place.tier", "platinum");
        holds(rules, "inherited from the organization", ConditionWorld.read("place.regulated"));
        number(rules, ConditionWorld.attribute("actor.level"), 5);
        number(rules, ConditionWorld.attribute("request.priority"), 9);
        holds(
                rules,
                "a whole number for a double",
                new Expression.Call(
                        Operator.EQUAL, List.of(ConditionWorld.read("resource.score"), new Expression.Real(3))));
        holds(
                rules,
                "a stated list",
                new Expression.ElementOf(new Expression.Text("pii"), ConditionWorld.attribute("resource.tags")));
        ConditionWorld.activate(fixture, Effect.ALLOW, rules);
        fillEverything();
        assertEquals(Reason.POLICY_WARN, decide());
        worker.begin();
        worker.explain(request, decision, explanation);
        worker.end();
        explanation.rules().stream()
                .filter(rule -> !rule.matched())
                .forEach(rule -> wrong.add(rule.ruleId() + ": " + rule.detail()));
        assertEquals(List.of(), wrong);
    }

    private void fillEverything() {
        ConditionWorld.ask(request)
                .mode(DecideMode.CONSUME)
                .set(Field.RESOURCE_ID, "gpt")
                .addRole("auditor")
                .addRole("admin")
                .addTokenScope("a:b")
                .addUsage(10, "token")
                .addUsage(20, "token")
                .addUsage(2, "kilotoken");
        request.readings().add("llm.tokens", 77);
        request.attributes().whole(AttributeGroup.ACTOR, "level", 5);
        request.attributes().text(AttributeGroup.ACTOR, "cost_center", "what the caller says");
        request.attributes().whole(AttributeGroup.REQUEST, "priority", 9);
        request.attributes().whole(AttributeGroup.RESOURCE, "score", 3);
        request.attributes().list(AttributeGroup.RESOURCE, "tags");
        request.attributes().element("public");
        request.attributes().element("pii");
        request.attributes().moment(AttributeGroup.RESOURCE, "created", 0);
    }

    private static void text(final List<RuleDef> rules, final VariableSource source, final String value) {
        holds(rules, source.label(), ConditionWorld.equal(ConditionWorld.read(source), value));
    }

    private static void text(final List<RuleDef> rules, final String attribute, final String value) {
        holds(rules, attribute, ConditionWorld.equal(ConditionWorld.read(attribute), value));
    }

    private static void number(final List<RuleDef> rules, final Variable variable, final long value) {
        holds(rules, variable.toString(), ConditionWorld.equal(new Expression.Read(variable), value));
    }

    private static Expression element(final String text, final VariableSource list) {
        return new Expression.ElementOf(new Expression.Text(text), Variable.of(list));
    }

    private static Expression count(final VariableSource list, final long elements) {
        return ConditionWorld.equal(new Expression.Count(Variable.of(list)), elements);
    }

    private static void holds(final List<RuleDef> rules, final String name, final Expression condition) {
        rules.add(ConditionWorld.rule(name, Effect.WARN, condition));
    }

    @Test
    void shouldTakeAttributesOfAnApiKeyBeforeThoseOfItsOwner() {
        final Expression costCenter = ConditionWorld.read("actor.cost_center");
        ConditionWorld.activate(
                fixture,
                Effect.DELEGATE,
                List.of(
                        ConditionWorld.rule(
                                "of the owner",
                                Effect.ALLOW,
                                new Expression.Call(
                                        Operator.AND,
                                        List.of(
                                                ConditionWorld.equal(costCenter, "ci-center"),
                                                ConditionWorld.equal(
                                                        ConditionWorld.read(VariableSource.ACTOR_TYPE), "service"),
                                                element("bot", VariableSource.ACTOR_ROLES),
                                                element("llm:write", VariableSource.ACTOR_TOKEN_SCOPES)))),
                        ConditionWorld.rule(
                                "of the key",
                                Effect.ALLOW,
                                new Expression.Call(
                                        Operator.AND,
                                        List.of(
                                                ConditionWorld.equal(costCenter, "key-center"),
                                                new Expression.Call(
                                                        Operator.NOT,
                                                        List.of(
                                                                new Expression.Has(
                                                                        Variable.of(VariableSource.ACTOR_ID)))),
                                                element("robot", VariableSource.ACTOR_ROLES))))));
        ConditionWorld.askByKey(request, ConditionWorld.OWNED_KEY);
        assertEquals(Reason.OK, decide());
        ConditionWorld.askByKey(request, ConditionWorld.OWN_KEY);
        assertEquals(Reason.OK, decide());
    }

    @Test
    void shouldKnowNothingOfWhatIsNotThere() {
        final List<RuleDef> rules = new ArrayList<>();
        for (final Variable variable : List.of(
                Variable.of(VariableSource.PLACE_DEPARTMENT),
                Variable.of(VariableSource.PLACE_PROJECT),
                Variable.of(VariableSource.ACTOR_TYPE),
                Variable.of(VariableSource.ACTOR_ID),
                Variable.of(VariableSource.RESOURCE_ID),
                ConditionWorld.attribute("resource.region"),
                Variable.of(VariableSource.USAGE, 0, ValueType.INT),
                new Variable(VariableSource.CONFIG, 0, "nobody_has_this", ValueType.INT))) {
            rules.add(ConditionWorld.rule("has " + variable, Effect.DENY, new Expression.Has(variable)));
        }
        ConditionWorld.activate(fixture, Effect.ALLOW, rules);
        ConditionWorld.askByKey(request, ConditionWorld.OWN_KEY);
        assertEquals(Reason.OK, decide());
    }

    @Test
    void shouldTakeAnAmountBeyond64BitsAsAnError() {
        final Expression amount = new Expression.Read(Variable.of(VariableSource.AMOUNT, 0, ValueType.INT));
        ConditionWorld.activate(
                fixture,
                Effect.ALLOW,
                List.of(ConditionWorld.rule("no", Effect.DENY, ConditionWorld.equal(amount, 1))));
        ConditionWorld.ask(request).addUsage(Long.MAX_VALUE, "token").addUsage(1, "token");
        assertEquals(Reason.INVALID_REQUEST, decide(), "what is charged overflows before");
    }

    @Test
    void shouldAllocateNothing() {
        final List<RuleDef> rules = new ArrayList<>();
        for (final Effect effect : new Effect[] {Effect.WARN, Effect.DENY, Effect.RESTRICT}) {
            rules.add(ConditionWorld.rule(
                    "working hours " + effect,
                    effect,
                    new Expression.Call(
                            effect == Effect.DENY ? Operator.LESS : Operator.GREATER,
                            List.of(
                                    new Expression.Calendar(
                                            CalendarField.HOURS,
                                            "Europe/Berlin",
                                            ConditionWorld.read(VariableSource.TIME_NOW)),
                                    new Expression.Whole(ValueType.INT, 7)))));
        }
        text(rules, VariableSource.ACTOR_ID, "ada");
        text(rules, "place.tier", "platinum");
        text(rules, "actor.cost_center", "4711");
        number(rules, ConditionWorld.attribute("actor.level"), 5);
        number(rules, new Variable(VariableSource.CONFIG, 0, "max_tokens", ValueType.INT), 8_192);
        number(rules, Variable.of(VariableSource.AMOUNT, 0, ValueType.INT), 30);
        holds(rules, "role", element("auditor", VariableSource.ACTOR_ROLES));
        holds(rules, "missing", MISSING);
        holds(
                rules,
                "tag",
                new Expression.Some(
                        false,
                        new Expression.Texts.From(ConditionWorld.attribute("resource.tags")),
                        new Expression.Call(
                                Operator.STARTS_WITH, List.of(new Expression.Element(), new Expression.Text("pi")))));
        ConditionWorld.activate(fixture, Effect.ALLOW, rules);
        for (int i = 0; i < 20_000; i++) {
            fillEverything();
            assertEquals(Reason.POLICY_WARN, decide());
        }
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final long thread = Thread.currentThread().getId();
        // the JVM allocates a little when it hands a method to its compiler: what the code allocates shows in every
        // round
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            final long before = threads.getThreadAllocatedBytes(thread);
            for (int i = 0; i < 5_000; i++) {
                fillEverything();
                decide();
            }
            least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before);
        }
        assertEquals(0, least, "bytes for 5,000 decisions");
    }
}
