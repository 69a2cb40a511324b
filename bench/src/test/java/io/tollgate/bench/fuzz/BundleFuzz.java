/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.fuzz;

import io.tollgate.control.compiler.BundleCompiler;
import io.tollgate.control.compiler.CompileResult;
import io.tollgate.control.source.Diagnostic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What policy authors write: one file of a good bundle, whatever is in it. It compiles, or the mistakes are listed. */
final class BundleFuzz implements FuzzTarget {
    private static final List<String> FILES = List.of(
            "tollgate.yaml",
            "registry/dimensions.yaml",
            "registry/products.yaml",
            "registry/units.yaml",
            "policies/lumen.yaml",
            "limits/customers.yaml",
            "directory/small-customers.yaml",
            "billing/wallets.yaml",
            "billing/plans.yaml",
            "capacity/pools.yaml",
            "tests/credit.yaml");
    private static Path bundle;

    public static void fuzzerTestOneInput(final byte[] data) throws Exception {
        new BundleFuzz().run(data);
    }

    private static Path source() {
        return Path.of(System.getProperty("tollgate.root"), "examples", "acme");
    }

    @Override
    public List<byte[]> seeds() {
        final List<byte[]> seeds = new ArrayList<>();
        try {
            for (int i = 0; i < FILES.size(); i++) {
                final byte[] text = Files.readAllBytes(source().resolve(FILES.get(i)));
                final byte[] seed = new byte[text.length + 1];
                seed[0] = (byte) i;
                System.arraycopy(text, 0, seed, 1, text.length);
                seeds.add(seed);
            }
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
        return seeds;
    }

    @Override
    public void run(final byte[] data) throws Exception {
        if (data.length == 0) {
            return;
        }
        final Path folder = bundle();
        final Path file = folder.resolve(FILES.get(Math.floorMod(data[0], FILES.size())));
        final byte[] good = Files.readAllBytes(file);
        try {
            Files.write(file, java.util.Arrays.copyOfRange(data, 1, data.length));
            final CompileResult result = BundleCompiler.compile(folder);
            if (result.bundle().isEmpty() && result.errorCount() == 0) {
                throw new IllegalStateException("no bundle, and no error says why");
            }
            for (final Diagnostic each : result.diagnostics()) {
                if (each.toString().isBlank()) {
                    throw new IllegalStateException("an error without words");
                }
            }
        } finally {
            Files.write(file, good);
        }
    }

    private static Path bundle() throws IOException {
        if (bundle == null) {
            final Path target = SmallSnapshot.scratch().resolve("bundle");
            try (Stream<Path> files = Files.walk(source())) {
                for (final Path each : files.toList()) {
                    Files.copy(each, target.resolve(source().relativize(each).toString()));
                }
            }
            bundle = target;
        }
        return bundle;
    }
}
