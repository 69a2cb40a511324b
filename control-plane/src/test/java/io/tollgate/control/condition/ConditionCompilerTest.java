/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.condition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.condition.CalendarField;
import io.tollgate.core.condition.ConditionDecoder;
import io.tollgate.core.condition.ConditionFormatException;
import io.tollgate.core.condition.Expression;
import io.tollgate.core.condition.Operator;
import io.tollgate.core.condition.ValueType;
import io.tollgate.core.condition.Variable;
import io.tollgate.core.condition.VariableSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class ConditionCompilerTest {
    private static final Expression LEVEL =
            new Expression.Read(Variable.of(VariableSource.ATTRIBUTE, 0, ValueType.INT));
    private static final Expression REGION =
            new Expression.Read(Variable.of(VariableSource.ATTRIBUTE, 5, ValueType.STRING));
    private static final Variable ROLES = Variable.of(VariableSource.ACTOR_ROLES);
    private static final Variable USAGE = Variable.of(VariableSource.USAGE, 0, ValueType.INT);

    private final ConditionCompiler compiler = new ConditionCompiler(SampleVocabulary.make());

    @Test
    void shouldFlattenChainsAndKeepTheirOrder() throws ConditionFormatException {
        assertProgram(
                "actor.level > 1 && (resource.region == 'eu' && time.now.getHours('Europe/Berlin') < 18)",
                call(
                        Operator.AND,
                        call(Operator.GREATER, LEVEL, new Expression.Whole(ValueType.INT, 1)),
                        call(Operator.EQUAL, REGION, new Expression.Text("eu")),
                        call(
                                Operator.LESS,
                                new Expression.Calendar(
                                        CalendarField.HOURS,
                                        "Europe/Berlin",
                                        new Expression.Read(Variable.of(VariableSource.TIME_NOW))),
                                new Expression.Whole(ValueType.INT, 18))));
    }

    @Test
    void shouldReadNumbersOfUnitsAndDimensionsByKeyAndByField() throws ConditionFormatException {
        final Expression charge = new Expression.Read(Variable.of(VariableSource.CHARGE, 1, ValueType.INT));
        final Expression amount = new Expression.Read(Variable.of(VariableSource.AMOUNT, 0, ValueType.INT));
        final Expression wanted = call(Operator.LESS, charge, call(Operator.ADD, amount, new Expression.Read(USAGE)));

        assertProgram("request.charge['tokens'] < request.amount['gpu_hour'] + usage['gpu.concurrent']", wanted);
        assertProgram("request.charge.tokens < request.amount.gpu_hour + usage.`gpu.concurrent`", wanted);
    }

    @Test
    void shouldAskWhetherThereIsAValue() throws ConditionFormatException {
        assertProgram("'gpu.concurrent' in usage", new Expression.Has(USAGE));
        assertProgram("has(usage.`gpu.concurrent`)", new Expression.Has(USAGE));
        final Variable size = new Variable(VariableSource.CONFIG, 1, "size", ValueType.INT);
        assertProgram("has(config['terms'].size)", new Expression.Has(size));
        assertProgram("'size' in config.terms", new Expression.Has(size));
    }

    @Test
    void shouldLookIntoLists() throws ConditionFormatException {
        assertProgram("'admin' in actor.roles", new Expression.ElementOf(new Expression.Text("admin"), ROLES));
        assertProgram(
                "actor.level in [1, -2]",
                new Expression.OneOf(
                        LEVEL,
                        List.of(new Expression.Whole(ValueType.INT, 1), new Expression.Whole(ValueType.INT, -2))));
        assertProgram(
                "actor.roles.all(r, r.startsWith('a'))",
                new Expression.Some(
                        true,
                        new Expression.Texts.From(ROLES),
                        call(Operator.STARTS_WITH, new Expression.Element(), new Expression.Text("a"))));
        assertProgram(
                "['eu', 'us'].exists(x, resource.region.startsWith(x))",
                new Expression.Some(
                        false,
                        new Expression.Texts.Listed(List.of("eu", "us")),
                        call(Operator.STARTS_WITH, REGION, new Expression.Element())));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "true",
                "!place.regulated",
                "actor.`cost-center` == 'a\\u0062'",
                "request.`team.lead` != ''",
                "request.`in`",
                "size(resource.tags) + size(resource.region) > 1 || resource.tags.size() == 0 || resource.region.size() < 3",
                "double(actor.level) / 2.0 < actor.score && int(actor.score) == int(actor.level) && double(actor.score) > 0.5",
                "place.since + duration('1h30m') <= time.now || time.now - place.since > duration('24h')",
                "time.now in [timestamp('2027-01-01T00:00:00Z')] || time.now > timestamp('2027-01-01T00:00:00.5+02:00')",
                "duration('-1.5s') < duration('1ms') ? -actor.level == -1 : -actor.score < 0.0",
                "config['terms'].tier == 'gold' && 's' in config['terms'].models && config.terms.beta",
                "config['terms']['models'].exists(m, m == resource.model)",
                "(actor.level > 3 ? 'x' : resource.region) == \"x\"",
                "resource.region in ['a'] ? actor.level % 2 == 0 : false",
                "time.now.getDayOfWeek() in [0, 6] || time.now.getFullYear('+02:00') == 2027",
                "place.organization == 'acme' && has(place.project) && place.plan in ['pro', 'team']",
                "request.mode == 'check' || request.product == 'llm' && request.action == 'invoke' && resource.type == 'model'",
                "resource.region.contains('u-') && resource.region.endsWith(resource.model)",
                "actor.id == 'ana' && actor.type == 'user' && size(actor.token_scopes) > 0 && has(resource.id)"
            })
    void shouldCompile(String source) {
        final ConditionCompiler.Outcome outcome = compiler.compile(source);

        assertEquals(List.of(), outcome.issues());
        assertNotNull(outcome.compiled());
    }

    record Mistake(String source, Issue.Kind kind, String message, String remedy) {
        @Override
        public String toString() {
            return source;
        }
    }

    static List<Mistake> mistakes() {
        return ConditionMistakes.ALL;
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void shouldSayWhatIsWrongWhereAndWhatToWrite(Mistake mistake) {
        final List<Integer> places = new ArrayList<>();
        final StringBuilder source = new StringBuilder();
        mistake.source().codePoints().forEach(c -> {
            if (c == '\u00ab') {
                places.add(source.codePointCount(0, source.length()));
            } else {
                source.appendCodePoint(c);
            }
        });

        final ConditionCompiler.Outcome outcome = compiler.compile(source.toString());

        assertNull(outcome.compiled());
        assertEquals(places, outcome.issues().stream().map(Issue::offset).toList(), () -> outcome.issues() + "");
        final Issue first = outcome.issues().get(0);
        assertEquals(mistake.kind(), first.kind(), first::toString);
        assertTrue(first.message().contains(mistake.message()), first::toString);
        assertTrue(first.remedy().contains(mistake.remedy()), first::toString);
        outcome.issues().forEach(issue -> assertFalse(issue.remedy().isBlank(), issue::toString));
    }

    @Test
    void shouldBlameNobodyForNamesWhoseDeclarationIsWrong() {
        final ConditionCompiler.Outcome outcome = compiler.compile("actor.broken == 3");

        assertNull(outcome.compiled());
        assertEquals(List.of(), outcome.issues());
    }

    @Test
    void shouldRefuseWhatIsTooDeep() {
        final ConditionCompiler.Outcome outcome =
                compiler.compile("!(".repeat(40) + "place.regulated == place.regulated" + ")".repeat(40));

        assertNull(outcome.compiled());
        assertEquals(1, outcome.issues().size(), () -> outcome.issues() + "");
    }

    @Test
    void shouldSurviveNestingWithoutEnd() {
        for (final String open : new String[] {"(", "[", "!", "-", "{", "f(", "a[", "a?"}) {
            final ConditionCompiler.Outcome outcome = compiler.compile(open.repeat(8_000 / open.length()));

            assertNull(outcome.compiled(), open);
            assertTrue(!outcome.issues().isEmpty(), open);
        }
    }

    @Test
    void shouldCompileTheExamplesOfTheReference() throws IOException {
        final String doc = Files.readString(
                Path.of(System.getProperty("tollgate.root", "..")).resolve("docs/bundle.md"));
        final int section = doc.indexOf("### Conditions");
        final int start = doc.indexOf("```yaml\n", section) + "```yaml\n".length();
        final Map<?, ?> file = (Map<?, ?>) new Load(LoadSettings.builder().build())
                .loadFromString(doc.substring(start, doc.indexOf("```", start)));

        int seen = 0;
        for (final Object rule : (List<?>) Objects.requireNonNull(file.get("rules"))) {
            final String when = String.valueOf(((Map<?, ?>) rule).get("when"));
            assertEquals(List.of(), compiler.compile(when).issues(), when);
            seen++;
        }
        assertEquals(3, seen);
    }

    @Test
    void shouldSayWhatIsWrongWithAnything() {
        final long seed = Long.getLong("tollgate.seed", System.nanoTime());
        final Random random = new Random(seed);
        final RandomCel cel = new RandomCel(random);
        final String noise = "()[]{}.,:?'\"`\\&|!=<>+-*/%0123456789eExuab_ \t\n\0\u00e9\ud83d\ude00\ud83d";
        for (int i = 0; i < 4_000; i++) {
            final StringBuilder source = new StringBuilder(cel.next(ValueType.BOOL, 1 + random.nextInt(3)));
            for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
                final int at = random.nextInt(source.length());
                if (random.nextBoolean()) {
                    source.deleteCharAt(at);
                }
                source.insert(at, noise.charAt(random.nextInt(noise.length())));
            }
            final String text = source.toString();
            try {
                final ConditionCompiler.Outcome outcome = compiler.compile(text);
                assertEquals(outcome.compiled() == null, !outcome.issues().isEmpty());
                for (final Issue issue : outcome.issues()) {
                    assertTrue(issue.offset() >= 0 && issue.offset() <= text.length(), issue::toString);
                    assertFalse(issue.message().isBlank() || issue.remedy().isBlank(), issue::toString);
                }
            } catch (final AssertionError | RuntimeException | StackOverflowError e) {
                throw new AssertionError("seed " + seed + ": " + text, e);
            }
        }
    }

    @Test
    void shouldSayWhatAConditionReadsAndCosts() {
        final Compiled compiled =
                compiler.compile("'x' in actor.roles && actor.level > 2").compiled();

        assertNotNull(compiled);
        assertEquals(Set.of(ROLES, Variable.of(VariableSource.ATTRIBUTE, 0, ValueType.INT)), compiled.variables());
        assertTrue(compiled.steps() > 256, () -> "steps " + compiled.steps());
    }

    private void assertProgram(final String source, final Expression expected) throws ConditionFormatException {
        final ConditionCompiler.Outcome outcome = compiler.compile(source);
        assertEquals(List.of(), outcome.issues());
        assertNotNull(outcome.compiled());
        assertEquals(
                expected, ConditionDecoder.decode(outcome.compiled().program().toByteArray()));
    }

    private static Expression call(final Operator operator, final Expression... arguments) {
        return new Expression.Call(operator, List.of(arguments));
    }
}
