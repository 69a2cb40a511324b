/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decisionlog;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** A real file that is full, or slow, when it is told to be. */
final class FailingDisk implements LogFile.Opener {
    /** Bytes that still go in before the disk is full. */
    volatile long room = Long.MAX_VALUE;

    volatile boolean truncates = true;
    /** Called before each write. */
    volatile Runnable before = () -> {};

    volatile int forced;

    @Override
    public LogFile open(final Path path) throws IOException {
        final LogFile real = DiskLogFile.open(path);
        return new LogFile() {
            @Override
            public long length() throws IOException {
                return real.length();
            }

            @Override
            public void write(final ByteBuffer bytes) throws IOException {
                before.run();
                if (room <= 0) {
                    throw new IOException("No space left on device");
                }
                final int limit = bytes.limit();
                bytes.limit((int) Math.min(limit, bytes.position() + room));
                room -= bytes.remaining();
                try {
                    real.write(bytes);
                } finally {
                    bytes.limit(limit);
                }
            }

            @Override
            public void truncate(final long length) throws IOException {
                if (!truncates) {
                    throw new IOException("Input/output error");
                }
                real.truncate(length);
            }

            @Override
            public void force() throws IOException {
                forced++;
                real.force();
            }

            @Override
            public void close() throws IOException {
                real.close();
            }
        };
    }
}
