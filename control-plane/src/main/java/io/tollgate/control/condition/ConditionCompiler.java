/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.condition;

import com.google.protobuf.ByteString;
import dev.cel.common.CelIssue;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.ast.CelExpr;
import io.tollgate.core.condition.ConditionDecoder;
import io.tollgate.core.condition.ConditionEncoder;
import io.tollgate.core.condition.ConditionFormatException;
import io.tollgate.core.condition.Expression;
import io.tollgate.core.condition.ExpressionCost;
import io.tollgate.core.condition.Variable;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Compiles the conditions of one bundle. Equal texts are compiled once. */
public final class ConditionCompiler {
    private final Vocabulary vocabulary;
    private final Map<String, Outcome> known = new HashMap<>();
    private @Nullable CelFrontEnd cel;

    /** Starts without loading dev.cel. */
    public ConditionCompiler(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
    }

    /**
     * What a text came to.
     *
     * @param compiled null when there are issues
     * @param issues   all mistakes, but of a text that does not parse only the first
     */
    public record Outcome(@Nullable Compiled compiled, List<Issue> issues) {}

    /** {@return the program of a condition, or what is wrong with it} */
    public Outcome compile(String source) {
        return known.computeIfAbsent(source, this::compileAnew);
    }

    private Outcome compileAnew(String source) {
        if (cel == null) {
            cel = new CelFrontEnd(vocabulary);
        }
        CelValidationResult parsed = cel.parse(source);
        CelExpr root;
        try {
            root = parsed.getAst().getExpr();
        } catch (CelValidationException e) {
            return new Outcome(null, List.of(SyntaxWords.first(parsed)));
        }
        Report report = new Report(parsed.getSource().getPositionsMap());
        Expression condition = new Lowering(vocabulary, report).condition(root);
        if (condition == null) {
            return new Outcome(null, List.copyOf(report.issues()));
        }
        CelValidationResult checked = cel.check(source);
        for (CelIssue error : checked.getErrors()) {
            int offset = SyntaxWords.offset(checked.getSource(), error);
            report.add(Issue.Kind.EXPRESSION, offset, "not valid CEL: " + error.getMessage(), SyntaxWords.REFERENCE);
        }
        Compiled compiled = report.isEmpty() ? encode(condition, report) : null;
        return new Outcome(compiled, List.copyOf(report.issues()));
    }

    private static @Nullable Compiled encode(Expression condition, Report report) {
        try {
            byte[] program = ConditionEncoder.encode(condition);
            ConditionDecoder.decode(program);
            Set<Variable> variables = new HashSet<>();
            Variables.collect(condition, variables);
            return new Compiled(ByteString.copyFrom(program), ExpressionCost.of(condition), variables);
        } catch (ConditionFormatException e) {
            report.add(
                    Issue.Kind.TOO_LARGE,
                    0,
                    "the condition is too large: " + e.getMessage(),
                    "split the rule, or compare with fewer and shorter texts");
            return null;
        }
    }
}
