/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.install;

import io.tollgate.loader.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The file RESTART_GRACE: when the grace after a restart began, milliseconds since 1970. It is there from the first restart on until the
 * control plane has confirmed a snapshot, so a process that crashes and starts again and again has one grace, not one each time.
 *
 * <p>Loader's thread, and before it the one that opens the loader.
 */
public final class GraceMark {
    static final String FILE_NAME = "RESTART_GRACE";

    private static final System.Logger LOG = System.getLogger("tollgate.loader.install");
    private static final int MAX_BYTES = 32;

    private final Storage storage;
    private final Path root;
    private final Path file;
    private boolean there;

    /** The mark of a state directory. */
    public GraceMark(Storage storage, StateDirectory directory) {
        this.storage = storage;
        this.root = directory.root();
        this.file = root.resolve(FILE_NAME);
        this.there = Files.exists(file);
    }

    /**
     * How much of the grace is left at a restart; begins it when it did not run yet. What cannot be told is over.
     *
     * @param graceMs as configured; 0 = none
     * @param nowWallMs wall clock
     * @return milliseconds, 0 = over
     */
    public long remainingMs(long graceMs, long nowWallMs) {
        if (graceMs <= 0) {
            return 0;
        }
        try {
            if (!there) {
                begin(nowWallMs);
                return graceMs;
            }
            long passedMs = nowWallMs - begunMs();
            // a clock behind the beginning of the grace tells nothing
            return passedMs < 0 || passedMs >= graceMs ? 0 : graceMs - passedMs;
        } catch (IOException | NumberFormatException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "no restart grace: {0} cannot be used ({1}); the snapshot waits for the control plane",
                    file,
                    e.toString());
            return 0;
        }
    }

    private long begunMs() throws IOException {
        if (Files.size(file) > MAX_BYTES) {
            throw new IOException("it is longer than a number");
        }
        return Long.parseLong(Files.readString(file, StandardCharsets.US_ASCII).strip());
    }

    private void begin(long nowWallMs) throws IOException {
        Path temp = file.resolveSibling(FILE_NAME + ".tmp");
        try (FileChannel channel = storage.create(temp)) {
            storage.write(channel, ByteBuffer.wrap((nowWallMs + "\n").getBytes(StandardCharsets.US_ASCII)));
        }
        storage.sync(temp);
        storage.moveAtomically(temp, file);
        storage.syncDirectory(root);
        there = true;
    }

    /** The control plane has confirmed what is active: the next restart has a grace of its own. */
    public void confirmed() {
        if (!there) {
            return;
        }
        there = false;
        try {
            storage.delete(file);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "the next restart may have no grace: {0}", e.toString());
        }
    }
}
