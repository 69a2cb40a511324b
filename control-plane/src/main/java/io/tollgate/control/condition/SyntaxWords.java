/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.condition;

import dev.cel.common.CelIssue;
import dev.cel.common.CelSource;
import dev.cel.common.CelValidationResult;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A parser's words about a mistake, for people who write conditions. */
final class SyntaxWords {
    private static final Pattern EXPECTING = Pattern.compile(" expecting .*", Pattern.DOTALL);
    private static final Pattern FOUND = Pattern.compile("(?:mismatched|extraneous) input '(.*?)'", Pattern.DOTALL);
    private static final Pattern UNKNOWN = Pattern.compile("token recognition error at: '(.*)'", Pattern.DOTALL);
    private static final Pattern NUMBER = Pattern.compile("For input string: \"(.*?)\".*", Pattern.DOTALL);
    private static final Map<String, String> INSTEAD = Map.of(
            "=", "write == to compare",
            "&", "write &&",
            "|", "write ||",
            "and", "write &&",
            "AND", "write &&",
            "or", "write ||",
            "OR", "write ||",
            "not", "write !",
            "NOT", "write !",
            "~", "regular expressions are not supported; use startsWith, endsWith or contains");

    /** For mistakes without a better remedy. */
    static final String REFERENCE = "docs/bundle.md, Conditions, has the whole language";

    private SyntaxWords() {}

    /** {@return the first mistake; what follows it is mostly its consequence} */
    static Issue first(CelValidationResult result) {
        if (result.getErrors().isEmpty()) {
            return issue(0, result.getErrorString(), REFERENCE);
        }
        CelIssue error = result.getErrors().get(0);
        int offset = offset(result.getSource(), error);
        String message = EXPECTING.matcher(error.getMessage()).replaceFirst("");
        Matcher number = NUMBER.matcher(message);
        if (number.matches()) {
            return issue(
                    offset,
                    number.group(1) + " is beyond 64 bits",
                    "write at most 9223372036854775807, or a double like 1e19");
        }
        Matcher unknown = UNKNOWN.matcher(message);
        if (unknown.matches()) {
            String token = unknown.group(1).strip();
            boolean quote = token.startsWith("'") || token.startsWith("\"");
            return issue(
                    offset,
                    quote ? "a text that does not end" : "'" + token + "' is not known here",
                    quote ? "close it with the quote that it began with" : INSTEAD.getOrDefault(token, REFERENCE));
        }
        Matcher found = FOUND.matcher(message);
        if (found.find()) {
            String token = found.group(1);
            return token.equals("<EOF>")
                    ? issue(offset, "the condition ends too early", "something is missing at its end")
                    : issue(
                            offset,
                            "'" + token + "' cannot stand here",
                            INSTEAD.getOrDefault(token, "an operator, a bracket or a quote is missing before it"));
        }
        return issue(offset, message, REFERENCE);
    }

    static int offset(CelSource source, CelIssue error) {
        return source.getLocationOffset(error.getSourceLocation()).orElse(0);
    }

    private static Issue issue(int offset, String message, String remedy) {
        return new Issue(
                Issue.Kind.EXPRESSION,
                offset,
                "not an expression: " + message.strip().replaceAll("\\s+", " "),
                remedy);
    }
}
