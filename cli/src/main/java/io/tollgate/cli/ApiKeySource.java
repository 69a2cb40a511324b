/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where an API key comes from. No message of this class quotes it. */
record ApiKeySource(Session session, @Nullable Path file, @Nullable String variable) {
    boolean isGiven() {
        return file != null || variable != null;
    }

    String read() {
        if (file != null && variable != null) {
            throw CommandFailure.usage("both --api-key-file and --api-key-env; give one of them");
        }
        final String key = file != null ? ofFile(session.resolve(file)) : ofVariable(String.valueOf(variable));
        if (key.isEmpty()) {
            throw CommandFailure.usage("the API key is empty");
        }
        return key;
    }

    private static String ofFile(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (NoSuchFileException e) {
            throw CommandFailure.usage("API key file " + file + " does not exist");
        } catch (IOException e) {
            throw CommandFailure.usage("API key file " + file + " cannot be read: " + e);
        }
    }

    private String ofVariable(String name) {
        final String key = session.environment().get(name);
        if (key == null) {
            throw CommandFailure.usage("variable " + name + " is not set");
        }
        return key.strip();
    }
}
