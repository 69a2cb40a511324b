/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.ratelimit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.cli.ratelimit.Finding.Level;
import io.tollgate.cli.ratelimit.Migration.Source;
import io.tollgate.control.compiler.BundleCompiler;
import io.tollgate.control.compiler.CompileResult;
import io.tollgate.server.envoy.mapping.MappingReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Configurations with random damage: told with a place, or converted to a bundle that compiles and a mapping that is read. */
class RatelimitMutationTest {
    private static final Path EXAMPLE = Path.of(System.getProperty("tollgate.root"), "examples", "ratelimit");
    private static final String CHARACTERS = "abkey:- {}[]\"'*&#<>|%@!?\\/\n\t 019_.,~\u00fc\u0000\ufeff\u2028";
    private static final Choices CHOICES =
            new Choices("edge", "tenant", "", Map.of("user", "user", "path", "user"), 2, true, true);

    @TempDir
    Path directory;

    @Test
    void shouldTellOrConvertWhateverComes() throws Exception {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final String whole = Files.readString(EXAMPLE.resolve("edge.yaml"));
        final String values = Files.readString(EXAMPLE.resolve("values.yaml"));
        int written = 0;
        int told = 0;
        for (int i = 0; i < 1_500; i++) {
            final String yaml = damaged(whole, random);
            final String known = random.nextInt(5) == 0 ? damaged(values, random) : values;
            final String words = "seed " + seed + ", " + i + ":\n" + yaml + "\n" + known;
            final Migration migration;
            try {
                migration =
                        Migration.of(List.of(new Source("edge.yaml", yaml)), new Source("values.yaml", known), CHOICES);
            } catch (final RuntimeException | StackOverflowError ex) {
                throw new AssertionError(words, ex);
            }
            for (final Finding each : migration.findings()) {
                assertTrue(each.level() != Level.ERROR || !each.at().file().isEmpty(), () -> words + each);
                assertFalse(each.remedy().isEmpty());
            }
            if (!migration.writable()) {
                told++;
                continue;
            }
            written++;
            MappingReader.read(migration.mapping(), words);
            if (written % 20 == 0) {
                final CompileResult result = BundleCompiler.compile(write(migration, i));
                assertEquals(0, result.errorCount(), () -> words + result.diagnostics());
            }
        }
        assertTrue(written > 100 && told > 100, written + " written, " + told + " told, seed " + seed);
    }

    private Path write(final Migration migration, final int number) throws IOException {
        final Path folder = Files.createDirectory(directory.resolve("bundle" + number));
        for (final Map.Entry<String, String> file : migration.bundle("edge").entrySet()) {
            final Path path = folder.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.getValue());
        }
        return folder;
    }

    private static String damaged(final String whole, final Random random) {
        String text = whole;
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            text = random.nextBoolean() ? lines(text, random) : characters(text, random);
        }
        return text;
    }

    private static String lines(final String text, final Random random) {
        final List<String> lines = new ArrayList<>(text.lines().toList());
        if (lines.isEmpty()) {
            return text;
        }
        final int at = random.nextInt(lines.size());
        switch (random.nextInt(4)) {
            case 0 -> lines.remove(at);
            case 1 -> lines.add(random.nextInt(lines.size()), lines.get(at));
            case 2 -> lines.set(at, "  " + lines.get(at));
            default -> lines.set(at, lines.get(at).stripLeading());
        }
        return String.join("\n", lines) + "\n";
    }

    private static String characters(final String text, final Random random) {
        final int at = random.nextInt(text.length() + 1);
        final String other = String.valueOf(CHARACTERS.charAt(random.nextInt(CHARACTERS.length())));
        return text.substring(0, at) + other + text.substring(Math.min(text.length(), at + random.nextInt(3)));
    }
}
