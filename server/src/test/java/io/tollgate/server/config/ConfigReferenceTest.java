/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** docs/configuration.md lists every key, with the type, default and meaning that the program has. */
class ConfigReferenceTest {
    @Test
    void shouldDocumentEveryKeyAsItIs() throws IOException {
        final Path page =
                Path.of(Objects.requireNonNull(System.getProperty("tollgate.root")), "docs", "configuration.md");
        final List<String> documented = Files.readAllLines(page).stream()
                .dropWhile(line -> !line.equals("<!-- sidecar keys -->"))
                .takeWhile(line -> !line.equals("<!-- end of sidecar keys -->"))
                .filter(line -> line.startsWith("| `"))
                .toList();

        final List<String> actual =
                ConfigKeys.all().stream().map(ConfigReferenceTest::row).toList();

        assertEquals(String.join("\n", actual), String.join("\n", documented));
    }

    private static String row(final ConfigKey key) {
        final String defaultText = key.defaultText().isEmpty() ? "" : "`" + key.defaultText() + "`";
        return "| `" + key.name() + "` | " + key.type().name() + " | " + defaultText + " | " + key.meaning() + " |";
    }
}
