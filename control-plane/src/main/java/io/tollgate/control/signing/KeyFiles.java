/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.signing;

import io.tollgate.core.signing.KeyFormatException;
import io.tollgate.core.signing.SigningKey;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/** Private keys in files: written for their owner alone, refused when everybody can read them. */
public final class KeyFiles {
    private static final long MAX_BYTES = 64 << 10;
    private static final Set<PosixFilePermission> FOR_OTHERS = EnumSet.of(
            PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE, PosixFilePermission.GROUP_WRITE);

    private KeyFiles() {}

    /**
     * Reads a private key.
     *
     * @param origin for messages: "signing.keys[0].file"
     * @throws IOException when it cannot be read, others can read it, or it is no Ed25519 key; the message says what to do
     */
    public static SigningKey read(Path file, String origin) throws IOException {
        String name = origin + " " + file;
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new IOException(name + " has more than " + MAX_BYTES + " bytes and is no key");
            }
            requirePrivate(file, name);
            return SigningKey.parse(Files.readString(file, StandardCharsets.UTF_8), name);
        } catch (NoSuchFileException e) {
            throw new IOException(name + " does not exist; tollgate keys generate makes it", e);
        } catch (CharacterCodingException e) {
            throw new IOException(name + " is no text; it must be PEM", e);
        } catch (KeyFormatException e) {
            throw new IOException(e.reason(), e);
        }
    }

    private static void requirePrivate(Path file, String name) throws IOException {
        if (!Files.getFileStore(file).supportsFileAttributeView("posix")) {
            return;
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        if (permissions.stream().anyMatch(FOR_OTHERS::contains)) {
            throw new IOException(name + " has mode " + PosixFilePermissions.toString(permissions)
                    + ": a signing key is for its owner (and at most read by a group); chmod 600 it, and replace the key if"
                    + " others may have read it");
        }
    }

    /**
     * Writes a new pair: the private key with mode 0600, the public one beside it under the name with ".pub". Never replaces a file.
     *
     * @return where the public key is
     * @throws IOException when one of the files exists or cannot be written
     */
    public static Path write(SigningKey key, Path file) throws IOException {
        Path publicFile = file.resolveSibling(file.getFileName() + ".pub");
        try {
            create(file, key.privatePem(), "rw-------");
            try {
                create(publicFile, "# " + key.id() + "\n" + key.publicKey().pem(), "rw-r--r--");
            } catch (IOException e) {
                Files.deleteIfExists(file);
                throw e;
            }
        } catch (FileAlreadyExistsException e) {
            throw new IOException(e.getFile() + " exists; keys are never replaced, choose another name", e);
        } catch (NoSuchFileException e) {
            throw new IOException("the directory of " + file + " does not exist", e);
        }
        return publicFile;
    }

    private static void create(Path file, String text, String mode) throws IOException {
        boolean posix = Files.getFileStore(file.toAbsolutePath().getParent()).supportsFileAttributeView("posix");
        FileAttribute<?>[] attributes = posix
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))}
                : new FileAttribute<?>[0];
        try (var channel = Files.newByteChannel(
                file, EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes)) {
            var bytes = java.nio.ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
    }
}
