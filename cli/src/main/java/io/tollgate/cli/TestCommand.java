/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import io.tollgate.cli.lab.Lab;
import io.tollgate.cli.lab.LabSnapshot;
import io.tollgate.cli.render.DiagnosticsText;
import io.tollgate.cli.suite.Coverage;
import io.tollgate.cli.suite.JUnitXml;
import io.tollgate.cli.suite.SuiteJson;
import io.tollgate.cli.suite.SuiteRunner;
import io.tollgate.cli.suite.SuiteText;
import io.tollgate.cli.suite.TestRun;
import io.tollgate.control.compiler.BundleCompiler;
import io.tollgate.control.compiler.BundleTest;
import io.tollgate.control.compiler.CompileResult;
import io.tollgate.control.compiler.CompiledBundle;
import io.tollgate.loader.storage.Storage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import javax.xml.stream.XMLStreamException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tollgate test} */
@Command(
        name = "test",
        description = {
            "Asks a bundle the questions of its folder tests/ and compares the answers.",
            "Runs the real engine in this process; needs no server. Each test begins with fresh counters.",
            "Exit code 0 when all pass, 1 when one fails, the bundle has errors or too few rules are matched."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tollgate test examples/acme",
            "  tollgate test . --filter 'free plan'",
            "  tollgate test . --junit target/tollgate.xml --min-coverage 90"
        })
final class TestCommand implements Callable<Integer> {
    private static final double ALL = 100.0;

    @Parameters(paramLabel = "DIR", defaultValue = ".", description = "Holds tollgate.yaml; default ${DEFAULT-VALUE}.")
    Path directory;

    @Option(
            names = "--filter",
            paramLabel = "TEXT",
            description = "Only tests whose name or file contains this, in any case; rules are not counted then.")
    @Nullable
    String filter;

    @Option(names = "--junit", paramLabel = "FILE", description = "Writes JUnit XML too, as CI systems read it.")
    @Nullable
    Path junit;

    @Option(
            names = "--min-coverage",
            paramLabel = "PERCENT",
            description = "Fails when fewer of the bundle's rules are matched by some test.")
    @Nullable
    Double minCoverage;

    @Mixin
    OutputOptions output;

    @Override
    public Integer call() throws IOException {
        if (minCoverage != null && (minCoverage < 0 || minCoverage > ALL)) {
            throw CommandFailure.usage("--min-coverage is a percentage from 0 to 100, not " + minCoverage);
        }
        if (minCoverage != null && filter != null) {
            throw CommandFailure.usage("--min-coverage needs all tests: leave out --filter");
        }
        final BundleFiles files = BundleFiles.in(output.session(), directory);
        final CompileResult result = BundleCompiler.compile(files.directory());
        final PrintWriter err = output.spec.commandLine().getErr();
        err.print(files.show(result.diagnostics(), output.session().paint()));
        err.flush();
        final CompiledBundle bundle = result.bundle()
                .orElseThrow(
                        () -> CommandFailure.no("no test was run: " + DiagnosticsText.counts(result.diagnostics())));
        final List<BundleTest> chosen = chosen(bundle);
        final Coverage coverage = new Coverage(bundle);
        final List<TestRun> runs = run(bundle, chosen, coverage);
        writeJunit(bundle, runs);
        final boolean complete = filter == null;
        output.print(
                SuiteJson.of(bundle.bundle(), runs, coverage, complete),
                paint -> SuiteText.of(runs, coverage, complete, paint));
        return runs.stream().allMatch(TestRun::passed) && isCovered(coverage) ? ExitCode.OK : ExitCode.NO;
    }

    private List<BundleTest> chosen(CompiledBundle bundle) {
        if (filter == null) {
            return bundle.tests();
        }
        final String wanted = filter.toLowerCase(Locale.ROOT);
        final List<BundleTest> chosen = bundle.tests().stream()
                .filter(test -> test.name().toLowerCase(Locale.ROOT).contains(wanted)
                        || test.at().file().toLowerCase(Locale.ROOT).contains(wanted))
                .toList();
        if (chosen.isEmpty()) {
            throw CommandFailure.usage("none of the " + bundle.tests().size() + " tests has '" + filter
                    + "' in its name or its file's name (--filter)");
        }
        return chosen;
    }

    private static List<TestRun> run(CompiledBundle bundle, List<BundleTest> tests, Coverage coverage)
            throws IOException {
        final Path scratch = Files.createTempDirectory("tollgate-test");
        final Instant now = Instant.now();
        try (Lab lab = Lab.open(LabSnapshot.of(bundle, scratch), scratch.resolve("state"), now)) {
            final SuiteRunner runner = new SuiteRunner(lab, now, coverage);
            final List<TestRun> runs = new ArrayList<>();
            for (BundleTest test : tests) {
                runs.add(runner.run(test));
            }
            return runs;
        } finally {
            Storage.LOCAL.delete(scratch);
        }
    }

    private void writeJunit(CompiledBundle bundle, List<TestRun> runs) {
        if (junit == null) {
            return;
        }
        final Path target = output.session().resolve(junit);
        final Path parent = target.getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            throw CommandFailure.usage("directory " + parent + " does not exist, so " + junit + " cannot be written");
        }
        try (Writer out = Files.newBufferedWriter(target)) {
            JUnitXml.write(bundle.bundle(), runs, out);
        } catch (IOException | XMLStreamException e) {
            throw CommandFailure.usage(target + " cannot be written: " + e);
        }
    }

    private boolean isCovered(Coverage coverage) {
        if (minCoverage == null || coverage.percent() >= minCoverage) {
            return true;
        }
        final PrintWriter err = output.spec.commandLine().getErr();
        err.println(String.format(
                Locale.ROOT,
                "%.1f %% of the rules are matched by some test, --min-coverage demands %.1f %%",
                coverage.percent(),
                minCoverage));
        err.flush();
        return false;
    }
}
