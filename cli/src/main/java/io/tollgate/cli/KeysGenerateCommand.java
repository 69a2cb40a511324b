/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import com.google.gson.JsonObject;
import io.tollgate.cli.render.Page;
import io.tollgate.cli.render.Paint;
import io.tollgate.cli.render.Paint.Style;
import io.tollgate.control.signing.KeyFiles;
import io.tollgate.core.signing.SigningKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tollgate keys generate} */
@Command(
        name = "generate",
        description = {
            "Makes a new pair: FILE with the private key (mode 0600), FILE.pub with the public one.",
            "Existing files are never replaced. The private key is never printed."
        },
        footerHeading = "%nExamples:%n",
        footer = "  tollgate keys generate signing-2026.key && cat signing-2026.key.pub >> trust.pem")
final class KeysGenerateCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "Gets the private key, PEM (PKCS #8).")
    Path file;

    @Mixin
    OutputOptions output;

    @Override
    public Integer call() {
        final SigningKey key = SigningKey.generate();
        final Path privateFile = output.session().resolve(file);
        final Path publicFile;
        try {
            publicFile = KeyFiles.write(key, privateFile);
        } catch (IOException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()));
        }
        final JsonObject json = new JsonObject();
        json.addProperty("keyId", key.id());
        json.addProperty("privateFile", privateFile.toString());
        json.addProperty("publicFile", publicFile.toString());
        output.print(json, paint -> text(key, privateFile, publicFile, paint));
        return ExitCode.OK;
    }

    private static String text(SigningKey key, Path privateFile, Path publicFile, Paint paint) {
        final Page page = new Page(paint);
        page.line(Style.BOLD, "key " + key.id());
        page.fact("private", privateFile + "  for the control plane: signing.keys");
        page.fact("public", publicFile + "  for the sidecars: trust.keys");
        return page.toString();
    }
}
