/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import com.google.gson.JsonObject;
import io.tollgate.control.signing.KeyFiles;
import io.tollgate.core.signing.TrustedKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tollgate keys public} */
@Command(
        name = "public",
        description = "Prints the public half of a private key, with its id, as it stands in trust.keys.",
        footerHeading = "%nExamples:%n",
        footer = "  tollgate keys public signing-2026.key >> trust.pem")
final class KeysPublicCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "Holds the private key, PEM (PKCS #8).")
    Path file;

    @Mixin
    OutputOptions output;

    @Override
    public Integer call() {
        final TrustedKey key;
        try {
            key = KeyFiles.read(output.session().resolve(file), "key").publicKey();
        } catch (IOException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()));
        }
        final JsonObject json = new JsonObject();
        json.addProperty("keyId", key.id());
        json.addProperty("publicKey", key.pem());
        output.print(json, paint -> "# " + key.id() + "\n" + key.pem());
        return ExitCode.OK;
    }
}
