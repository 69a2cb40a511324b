/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import io.tollgate.cli.ratelimit.Choices;
import io.tollgate.cli.ratelimit.KnownValues;
import io.tollgate.cli.ratelimit.Migration;
import io.tollgate.cli.ratelimit.Migration.Source;
import io.tollgate.cli.ratelimit.ReportText;
import io.tollgate.cli.render.Paint;
import io.tollgate.cli.render.Paint.Style;
import io.tollgate.control.compiler.BundleCompiler;
import io.tollgate.control.compiler.CompileResult;
import io.tollgate.loader.storage.Storage;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tollgate ratelimit convert} */
@Command(
        name = "convert",
        description = {
            "Turns configuration files of the reference rate-limit server into a bundle with tests and a mapping,",
            "and tells what became of every limit. docs/ratelimit-migration.md is the guide.",
            "Exit code 0 when all was converted, 1 when the files have mistakes or something cannot be moved:",
            "then nothing is written."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tollgate ratelimit convert config/edge.yaml --output edge",
            "  tollgate ratelimit convert config/*.yaml --output edge --tenant tenant --actor user \\",
            "      --actor client=service --values values.yaml"
        })
final class RatelimitConvertCommand implements Callable<Integer> {
    private static final String NAME = "[A-Za-z0-9_][A-Za-z0-9_.:@+-]*";

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "Configurations of the server, one domain each.")
    List<Path> files = List.of();

    @Option(
            names = "--output",
            required = true,
            paramLabel = "DIR",
            description = "Gets the bundle; must not exist. Its name becomes the bundle's id.")
    Path directory;

    @Option(
            names = "--mapping",
            paramLabel = "FILE",
            description = "Gets the mapping for the sidecar; must not exist. Default: DIR-mapping.yaml beside DIR.")
    @Nullable
    Path mapping;

    @Option(
            names = "--organization",
            paramLabel = "NAME",
            defaultValue = "edge",
            description = "Whose limits those are that name no tenant; default ${DEFAULT-VALUE}.")
    String organization;

    @Option(
            names = "--tenant",
            paramLabel = "KEY",
            defaultValue = "",
            description = "Values of this key, where the file gives none, are organizations.")
    String tenant;

    @Option(
            names = "--project",
            paramLabel = "KEY",
            defaultValue = "",
            description = "Values of this key, where the file gives none, are projects.")
    String project;

    @Option(
            names = "--actor",
            paramLabel = "KEY[=TYPE]",
            description = {
                "Values of this key, where the file gives none, are actors of this type; default user.",
                "May stand several times."
            })
    List<String> actors = List.of();

    @Option(
            names = "--values",
            paramLabel = "FILE",
            description = {
                "Known values of these keys, YAML: 'user: [ana, ben]', or what belongs together:",
                "'- { tenant: lumen, user: ana }'. Who is not known is refused."
            })
    @Nullable
    Path values;

    @Option(
            names = "--sidecars",
            paramLabel = "N",
            defaultValue = "1",
            description = "Envoys with a sidecar each; every limit is divided among them. Default ${DEFAULT-VALUE}.")
    int sidecars;

    @Option(
            names = "--merge-domains",
            description = "Several files may have one domain: the server runs with MERGE_DOMAIN_CONFIG.")
    boolean mergeDomains;

    @Option(
            names = "--leave-out",
            description = "Writes the bundle without what cannot be moved. Those descriptors are not limited any more.")
    boolean leaveOut;

    @Spec
    CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (sidecars < 1) {
            throw CommandFailure.usage("--sidecars counts from 1, not " + sidecars);
        }
        final String defect = KnownValues.defect(organization);
        if (!defect.isEmpty()) {
            throw CommandFailure.usage("--organization '" + organization + "' cannot be registered: " + defect);
        }
        final Session session = Session.of(spec);
        final Path target = session.resolve(directory);
        final Path mappingFile = mapping == null
                ? target.resolveSibling(target.getFileName() + "-mapping.yaml")
                : session.resolve(mapping);
        refuseExisting(target, mappingFile);
        final Choices choices =
                new Choices(organization, tenant, project, actorTypes(), sidecars, mergeDomains, leaveOut);
        final List<Source> sources = new ArrayList<>();
        for (final Path file : files) {
            sources.add(source(session, file));
        }
        final Migration migration = Migration.of(sources, values == null ? null : source(session, values), choices);
        final PrintWriter out = spec.commandLine().getOut();
        final Paint paint = session.paint();
        if (!migration.wrong()) {
            out.print(ReportText.limits(migration, paint));
        }
        out.print(ReportText.findings(migration, paint));
        out.flush();
        if (!migration.writable()) {
            throw CommandFailure.no(
                    migration.wrong()
                            ? "nothing written: mend the mistakes above"
                            : !migration.hasRules()
                                    ? "nothing written: there are no descriptors in these files"
                                    : "nothing written: not all of it can be moved; --leave-out writes the rest,"
                                            + " and those descriptors are not limited any more");
        }
        write(migration, target, mappingFile);
        out.print(summary(target, mappingFile, paint));
        out.flush();
        return ExitCode.OK;
    }

    private void refuseExisting(final Path target, final Path mappingFile) throws IOException {
        final Path parent = target.getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            throw CommandFailure.usage("directory " + parent + " does not exist, so " + directory + " cannot be made");
        }
        if (Files.exists(target) && !isEmptyDirectory(target)) {
            throw CommandFailure.usage(
                    target + " exists; nothing is ever replaced: name another --output, or remove it");
        }
        if (Files.exists(mappingFile)) {
            throw CommandFailure.usage(
                    mappingFile + " exists; nothing is ever replaced: name another --mapping, or remove it");
        }
        if (mappingFile.startsWith(target)) {
            throw CommandFailure.usage(
                    "--mapping lies in the bundle, and is no part of it: put it beside " + directory);
        }
    }

    private static boolean isEmptyDirectory(final Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return false;
        }
        try (Stream<Path> children = Files.list(path)) {
            return children.findAny().isEmpty();
        }
    }

    private Map<String, String> actorTypes() {
        final Map<String, String> types = new LinkedHashMap<>();
        for (final String each : actors) {
            final int equals = each.lastIndexOf('=');
            final String key = equals < 0 ? each : each.substring(0, equals);
            final String type = equals < 0 ? "user" : each.substring(equals + 1);
            if (key.isEmpty() || !type.matches(NAME)) {
                throw CommandFailure.usage(
                        "--actor '" + each + "' is not of the form KEY or KEY=TYPE, like user or client=service");
            }
            if (types.put(key, type) != null || key.equals(tenant) || key.equals(project)) {
                throw CommandFailure.usage(
                        "'" + key + "' is named twice by --actor, --project and --tenant; a key is one of them");
            }
        }
        if (!tenant.isEmpty() && tenant.equals(project)) {
            throw CommandFailure.usage("'" + tenant + "' is named by --tenant and --project; a key is one of them");
        }
        return types;
    }

    private static Source source(final Session session, final Path file) {
        final Path path = session.resolve(file);
        try {
            return new Source(file.toString(), Files.readString(path, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw CommandFailure.usage(
                    path + (Files.exists(path) ? " cannot be read as UTF-8 text: " + e : " does not exist"));
        }
    }

    /** The bundle is checked before anybody sees it: a folder that is there is whole. */
    private void write(final Migration migration, final Path target, final Path mappingFile) throws IOException {
        final Path scratch = Files.createTempDirectory(target.resolveSibling("."), ".tollgate-convert");
        try {
            final Map<String, String> bundle = migration.bundle(id(target));
            for (final Map.Entry<String, String> file : bundle.entrySet()) {
                final Path path = scratch.resolve(file.getKey());
                Files.createDirectories(path.getParent());
                Files.writeString(path, file.getValue());
            }
            final CompileResult result = BundleCompiler.compile(scratch);
            if (result.errorCount() > 0) {
                throw CommandFailure.no("nothing written: the bundle would have errors\n"
                        + BundleFiles.in(Session.of(spec), scratch).show(result.diagnostics(), Paint.PLAIN));
            }
            Files.deleteIfExists(target); // empty
            Files.move(scratch, target);
            Files.writeString(mappingFile, migration.mapping());
        } finally {
            if (Files.exists(scratch)) {
                Storage.LOCAL.delete(scratch);
            }
        }
    }

    private static String id(final Path target) {
        final String name = String.valueOf(target.getFileName()).replaceAll("[^A-Za-z0-9_.-]", "-");
        return name.matches(NAME) ? name : "ratelimit" + name;
    }

    private static String summary(final Path target, final Path mappingFile, final Paint paint) {
        return "\n"
                + paint.in(Style.STRONG_GOOD, "Written: ") + paint.in(Style.NONE, target + " and " + mappingFile) + "\n"
                + paint.in(
                        Style.NONE,
                        "Next: tollgate check " + target.getFileName() + "; tollgate test " + target.getFileName()
                                + "; tollgate dev " + target.getFileName() + " --envoy-mapping "
                                + mappingFile.getFileName() + ". The guide: docs/ratelimit-migration.md")
                + "\n";
    }
}
