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
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tollgate check} */
@Command(
        name = "check",
        description = {
            "Checks a bundle: all mistakes at once, with place and remedy.",
            "With --mapping: Envoy's mapping alone, or with DIR also against the bundle's registry.",
            "Exit code 0 without errors (warnings are allowed), 1 with."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tollgate check examples/acme",
            "  tollgate check . --output json",
            "  tollgate check --mapping envoy-mapping.yaml",
            "  tollgate check examples/acme --mapping envoy-mapping.yaml",
        })
final class CheckCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", defaultValue = ".", description = "Holds tollgate.yaml; default ${DEFAULT-VALUE}.")
    Path directory;

    @Option(
            names = "--mapping",
            paramLabel = "FILE",
            description = "What is asked about requests that Envoy checks (docs/envoy.md).")
    @Nullable
    Path mapping;

    @Mixin
    OutputOptions output;

    @Spec
    CommandSpec spec;

    @Override
    public Integer call() {
        if (mapping == null) {
            return bundle();
        }
        final boolean alone = !spec.commandLine().getParseResult().hasMatchedPositional(0);
        if (!alone) {
            return bundleAndMapping(mapping);
        }
        final MappingCheck check = MappingCheck.of(output.session(), mapping, null);
        final JsonObject json = new JsonObject();
        json.add("mapping", check.json());
        output.print(json, check::text);
        return check.isFine() ? ExitCode.OK : ExitCode.NO;
    }

    private int bundleAndMapping(Path file) {
        final BundleFiles files = BundleFiles.in(output.session(), directory);
        final CompileResult result = BundleCompiler.compile(files.directory());
        final MappingCheck check = MappingCheck.of(
                output.session(),
                file,
                result.bundle().map(CompiledBundle::registry).orElse(null));
        final JsonObject json = json(result);
        json.add("mapping", check.json());
        output.print(
                json,
                paint -> files.show(result.diagnostics(), paint) + summary(result, paint) + "\n" + check.text(paint));
        return result.errorCount() == 0 && check.isFine() ? ExitCode.OK : ExitCode.NO;
    }

    private int bundle() {
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
