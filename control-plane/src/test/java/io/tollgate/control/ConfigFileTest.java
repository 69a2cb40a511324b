/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFileTest {
    @TempDir
    Path directory;

    @Test
    void shouldNameTheLineOfAnUnknownKey() throws IOException {
        assertTrue(refusal("state_dir: s\nbundels: []\n").contains(".yaml:2:"), refusal("state_dir: s\nbundels: []\n"));
        assertTrue(refusal("listen:\n  grpc: \"127.0.0.1:0\"\n  htp: x\n").contains(".yaml:3:"));
    }

    @Test
    void shouldRefuseAnAddressThatOtherHostsReachWithoutTls() throws IOException {
        final String said = refusal("listen: { grpc: \"0.0.0.0:7080\" }\nstate_dir: s\nbundles: [ { dir: b } ]\n");
        assertTrue(said.contains("listen.grpc") && said.contains("tls.certificate_file"), said);
    }

    private String refusal(final String yaml) throws IOException {
        final Path file = Files.writeString(directory.resolve("control-plane.yaml"), yaml);
        return String.valueOf(
                assertThrows(ConfigException.class, () -> ConfigFile.read(file)).getMessage());
    }
}
