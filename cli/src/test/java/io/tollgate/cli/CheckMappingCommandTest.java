/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tollgate check --mapping} */
class CheckMappingCommandTest {
    private static final String BUNDLE = Path.of("../decision-vectors/bundles/basic")
            .toAbsolutePath()
            .normalize()
            .toString();
    private static final String GOOD =
            """
            rules:
              - name: invoke
                request: { actor_type: user, actor_id: { claim: sub }, product: llm, resource_type: model, action: invoke,
                           usage: [ { unit: token, amount: 1 } ], actor_attributes: { level: { claim: level, type: int } } }
              - name: dynamic
                match: { path: /x }
                request: { actor_type: [ { context: t }, service ], actor_id: { claim: sub },
                           product: llm, resource_type: model, action: { context: a } }
            """
                    .replace("rules:\n  - name: invoke\n", "rules:\n  - name: invoke\n    match: { path: /invoke }\n");

    @TempDir
    Path directory;

    private Run check(String mapping, String... more) throws Exception {
        Files.writeString(directory.resolve("m.yaml"), mapping);
        final List<String> arguments = new ArrayList<>(List.of("check", "--mapping", "m.yaml"));
        arguments.addAll(List.of(more));
        return Run.in(Run.session(directory, Map.of(), ""), arguments.toArray(String[]::new));
    }

    @Test
    void shouldFindNothingWrongWithAGoodOne() throws Exception {
        check(GOOD).exits(ExitCode.OK).prints("0 errors. Mapping m.yaml: 2 rules.");
        check(GOOD, BUNDLE).exits(ExitCode.OK).prints("Bundle basic", "0 errors. Mapping m.yaml: 2 rules.");
    }

    @Test
    void shouldTellMistakesOfTheFileWithTheirPlaces() throws Exception {
        check(GOOD.replace("product: llm", "prodct: llm"))
                .exits(ExitCode.NO)
                .prints("m.yaml:4:", "is not a known key", "says no product", "4 errors. Mapping m.yaml.");
        check(GOOD, "nowhere").exits(ExitCode.USAGE).complains("nowhere does not exist");
        Run.in(Run.session(directory, Map.of(), ""), "check", "--mapping", "none.yaml")
                .exits(ExitCode.USAGE)
                .complains("there is no such file");
    }

    @Test
    void shouldFindWhatTheRegistryDoesNotHave() throws Exception {
        final String wrong = GOOD.replace("action: invoke", "action: invok")
                .replace("unit: token", "unit: tokn")
                .replace("actor_type: user", "actor_type: usr")
                .replace(
                        "{ level: { claim: level, type: int } }",
                        "{ level: { claim: level }, levl: { claim: l, type: int } }")
                .replace(
                        "product: llm, resource_type: model, action: { context",
                        "product: ml, resource_type: model, action: { context");
        check(wrong).exits(ExitCode.OK);
        check(wrong, BUNDLE)
                .exits(ExitCode.NO)
                .prints(
                        "m.yaml: rule invoke asks about llm/model/invok, which the registry does not have; did you mean llm/model/invoke?",
                        "rule invoke names the unit tokn",
                        "did you mean token?",
                        "rule invoke names the actor type usr",
                        "rule invoke names the attribute actor.levl",
                        "rule invoke gives attribute actor.level as string, the registry has it as int; write type: int",
                        "rule dynamic asks about ml/model/*, which the registry does not have",
                        "6 errors. Mapping m.yaml.");
        final String json =
                check(wrong, BUNDLE, "--output", "json").exits(ExitCode.NO).out();
        assertEquals(
                6,
                JsonParser.parseString(json)
                        .getAsJsonObject()
                        .getAsJsonObject("mapping")
                        .get("errors")
                        .getAsInt());
    }
}
