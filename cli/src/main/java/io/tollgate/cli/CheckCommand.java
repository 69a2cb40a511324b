/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.tollgate.cli.render.DiagnosticsText;
import io.tollgate.cli.render.Human;
import io.tollgate.cli.render.Paint;
import io.tollgate.cli.render.Paint.Style;
import io.tollgate.control.compiler.BundleCompiler;
import io.tollgate.control.compiler.CompileResult;
import io.tollgate.control.compiler.CompiledBundle;
import io.tollgate.control.source.Diagnostic;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tollgate check} */
@Command(
        name = "check",
        description = {
            "Checks a bundle: all mistakes at once, with place and remedy.",
            "Exit code 0 without errors (warnings are allowed), 1 with."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  tollgate check examples/acme", "  tollgate check . --output json"})
final class CheckCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", defaultValue = ".", description = "Holds tollgate.yaml; default ${DEFAULT-VALUE}.")
    Path directory;

    @Mixin
    OutputOptions output;

    @Override
    public Integer call() {
        final BundleFiles files = BundleFiles.in(output.session(), directory);
        final CompileResult result = BundleCompiler.compile(files.directory());
        output.print(json(result), paint -> files.show(result.diagnostics(), paint) + summary(result, paint) + "\n");
        return result.errorCount() == 0 ? ExitCode.OK : ExitCode.NO;
    }

    private static String summary(CompileResult result, Paint paint) {
        final String counts = DiagnosticsText.counts(result.diagnostics());
        if (result.bundle().isEmpty()) {
            return paint.in(Style.STRONG_BAD, counts + ".");
        }
        final CompiledBundle bundle = result.bundle().get();
        final long rules =
                bundle.policies().stream().mapToLong(p -> p.getRulesCount()).sum();
        final long ceilings =
                bundle.scopes().stream().mapToLong(s -> s.getCeilingsCount()).sum();
        return paint.in(Style.STRONG_GOOD, counts + ".") + " Bundle "
                + paint.in(
                        Style.NONE,
                        bundle.bundle() + ": registry " + bundle.registry().getVersion() + ", "
                                + Human.count(bundle.scopes().size(), "scope") + ", " + Human.count(rules, "rule")
                                + ", " + Human.count(ceilings, "ceiling") + ".");
    }

    static JsonObject json(CompileResult result) {
        final JsonObject json = new JsonObject();
        result.bundle().ifPresent(bundle -> {
            json.addProperty("bundle", bundle.bundle());
            json.addProperty("sourceDigest", bundle.sourceDigest());
        });
        json.addProperty("errors", result.errorCount());
        json.addProperty("warnings", result.warningCount());
        final JsonArray findings = new JsonArray();
        for (Diagnostic each : result.diagnostics()) {
            final JsonObject finding = new JsonObject();
            finding.addProperty("severity", each.severity().label());
            finding.addProperty("file", each.file());
            finding.addProperty("line", each.line());
            finding.addProperty("column", each.column());
            finding.addProperty("code", each.code().label());
            finding.addProperty("message", each.message());
            finding.addProperty("remedy", each.remedy());
            findings.add(finding);
        }
        json.add("diagnostics", findings);
        return json;
    }
}
