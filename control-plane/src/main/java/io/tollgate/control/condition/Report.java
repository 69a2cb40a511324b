/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.condition;

import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The mistakes of one condition and where they are. */
final class Report {
    private final Map<Long, Integer> positions;
    private final List<Issue> issues = new ArrayList<>();

    /** Takes the places of the parts of a parsed expression, by id. */
    Report(Map<Long, Integer> positions) {
        this.positions = positions;
    }

    List<Issue> issues() {
        return issues;
    }

    boolean isEmpty() {
        return issues.isEmpty();
    }

    /** At the start of a part. */
    void error(CelExpr at, String message, String remedy) {
        add(Issue.Kind.EXPRESSION, start(at), message, remedy);
    }

    /** At the operator of a part. */
    void operatorError(CelExpr at, String message, String remedy) {
        add(Issue.Kind.EXPRESSION, positions.getOrDefault(at.id(), 0), message, remedy);
    }

    void unknown(CelExpr at, String message, String remedy) {
        add(Issue.Kind.UNKNOWN_NAME, start(at), message, remedy);
    }

    void add(Issue.Kind kind, int offset, String message, String remedy) {
        issues.add(new Issue(kind, offset, message, remedy));
    }

    /** The leftmost character of a part. The parser keeps the place of a selection's dot and of an operator. */
    private int start(CelExpr part) {
        int own = positions.getOrDefault(part.id(), 0);
        if (part.getKind() == Kind.SELECT) {
            return start(part.select().operand());
        }
        if (part.getKind() != Kind.CALL) {
            return own;
        }
        CelExpr.CelCall call = part.call();
        if (call.target().isPresent()) {
            return start(call.target().get());
        }
        if (Character.isLetter(call.function().codePointAt(0))) {
            // of a call the parser keeps the opening bracket
            return Math.max(0, own - call.function().length());
        }
        return call.args().isEmpty() ? own : Math.min(own, start(call.args().get(0)));
    }
}
