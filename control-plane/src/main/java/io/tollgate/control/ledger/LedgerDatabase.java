/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.ledger;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.sqlite.ProgressHandler;
import org.sqlite.SQLiteErrorCode;

/**
 * The ledger's files, and all that is peculiar to SQLite.
 *
 * <pre>
 *   ledger/ledger.db      the database; -wal and -shm beside it
 *   ledger/LEDGER         says that there is one, and its id: a database that is gone or another one is noticed
 * </pre>
 *
 * <p>Every commit is on the disk when it returns (write-ahead log, synchronous=FULL).
 */
class LedgerDatabase {
    static final String FILE_NAME = "ledger.db";
    static final String MARKER_NAME = "LEDGER";
    /** A larger file is checked as it is read, not at each start. */
    private static final long MAX_CHECKED_BYTES = 1L << 30;

    private static final int BUSY_MS = 10_000;
    /** Of SQLite's virtual machine, about a millisecond. */
    private static final int STEPS = 20_000;

    private final Path folder;
    private final Path file;
    private final Path marker;

    LedgerDatabase(Path folder) {
        this.folder = folder.toAbsolutePath().normalize();
        this.file = this.folder.resolve(FILE_NAME);
        this.marker = this.folder.resolve(MARKER_NAME);
    }

    Path file() {
        return file;
    }

    /** Bytes on the disk, the write-ahead log included; 0 when it cannot be said. */
    long lengthBytes() {
        try {
            Path log = folder.resolve(FILE_NAME + "-wal");
            return Files.size(file) + (Files.exists(log) ? Files.size(log) : 0);
        } catch (IOException e) {
            return 0;
        }
    }

    /** A ledger that must not be used; the message says why and how to mend it. */
    static final class UnusableException extends Exception {
        private static final long serialVersionUID = 1L;

        UnusableException(String message, Throwable cause) {
            super(message, cause);
        }

        UnusableException(String message) {
            super(message);
        }

        String why() {
            return String.valueOf(getMessage());
        }
    }

    /**
     * Opens the database for writing, and makes it if there never was one.
     *
     * @param check whether it is looked through for damage, if it is not too large for that
     * @return in autocommit mode off
     */
    Connection openForWriting(boolean check) throws UnusableException {
        try {
            makeFolder();
            String expected = Files.exists(marker) ? Files.readString(marker).strip() : "";
            boolean present = Files.exists(file) && Files.size(file) > 0;
            if (!expected.isEmpty() && !present) {
                throw new UnusableException(file + " is gone or empty, and " + marker
                        + " says that there was a ledger. Put it back"
                        + " (a backup of " + FILE_NAME + " with its -wal). To begin a new, empty one, delete " + marker
                        + ": what was in the old one is then not known here");
            }
            NativeLibrary.prepare(folder);
            return identified(expected, present && check);
        } catch (IOException e) {
            throw new UnusableException("the ledger's folder " + folder + " cannot be used: " + e, e);
        }
    }

    /** For its owner alone, where the file system knows owners: it says who used what. */
    private void makeFolder() throws IOException {
        boolean fresh = !Files.exists(folder);
        Files.createDirectories(folder);
        if (fresh && Files.getFileStore(folder).supportsFileAttributeView("posix")) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        }
    }

    private Connection identified(String expected, boolean check) throws UnusableException, IOException {
        Connection connection = null;
        try {
            connection = connect(false);
            if (check) {
                check(connection);
            }
            LedgerSchema.migrate(connection, UUID.randomUUID().toString());
            String id = LedgerSchema.ledgerId(connection);
            if (expected.isEmpty()) {
                writeMarker(id);
            } else if (!expected.equals(id)) {
                throw new UnusableException(file + " is another ledger (id " + id + ") than the one that was here ("
                        + marker + " says " + expected + "). Put the right one back, or delete " + marker
                        + " if the exchange is meant");
            }
            connection.setAutoCommit(false);
            return connection;
        } catch (SQLException e) {
            closeQuietly(connection);
            throw new UnusableException(describe(e), e);
        } catch (UnusableException | IOException | RuntimeException e) {
            closeQuietly(connection);
            throw e;
        }
    }

    /**
     * Opens the database for questions. It must be there.
     *
     * @param isTooLate asked now and then during a question: when it says so, the question fails
     */
    Connection openForReading(BooleanSupplier isTooLate) throws SQLException {
        Connection connection = connect(true);
        ProgressHandler.setHandler(connection, STEPS, new ProgressHandler() {
            @Override
            protected int progress() {
                return isTooLate.getAsBoolean() ? 1 : 0;
            }
        });
        return connection;
    }

    private Connection connect(boolean forReading) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("busy_timeout", Integer.toString(BUSY_MS));
        if (forReading) {
            // 1 = SQLITE_OPEN_READONLY
            properties.setProperty("open_mode", "1");
        }
        Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file, properties);
        try (Statement statement = connection.createStatement()) {
            if (forReading) {
                statement.execute("PRAGMA query_only = ON");
            } else {
                statement.execute("PRAGMA journal_mode = WAL");
                statement.execute("PRAGMA synchronous = FULL");
            }
            statement.execute("PRAGMA cell_size_check = ON");
            statement.execute("PRAGMA trusted_schema = OFF");
            return connection;
        } catch (SQLException e) {
            closeQuietly(connection);
            throw e;
        }
    }

    private void check(Connection connection) throws SQLException, IOException, UnusableException {
        if (Files.size(file) > MAX_CHECKED_BYTES) {
            return;
        }
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("PRAGMA quick_check(1)")) {
            String found = rows.next() ? rows.getString(1) : "nothing";
            if (!"ok".equals(found)) {
                throw new UnusableException(damaged(found));
            }
        }
    }

    /** {@return what an operator should know of a failure} */
    String describe(SQLException failure) {
        return isDamage(failure)
                ? damaged(String.valueOf(failure.getMessage()))
                : "the ledger " + file + " cannot be used: " + failure.getMessage();
    }

    private String damaged(String what) {
        return "the ledger " + file + " is damaged (" + what
                + "). Stop the control plane, then put a backup back, or recover what can be"
                + " read: sqlite3 " + FILE_NAME + " .recover | sqlite3 new.db && mv new.db " + FILE_NAME
                + ". Nothing is lost meanwhile:"
                + " sidecars keep what is not accepted";
    }

    /** {@return whether the file itself is no longer to be trusted} */
    static boolean isDamage(SQLException failure) {
        int code = failure.getErrorCode() & 0xff;
        return code == SQLiteErrorCode.SQLITE_CORRUPT.code || code == SQLiteErrorCode.SQLITE_NOTADB.code;
    }

    /** {@return whether it is not known what the disk has: only a new start may go on} */
    static boolean isDoubt(SQLException failure) {
        return isDamage(failure) || (failure.getErrorCode() & 0xff) == SQLiteErrorCode.SQLITE_IOERR.code;
    }

    private void writeMarker(String id) throws IOException {
        Path fresh = folder.resolve(MARKER_NAME + ".new");
        Files.write(fresh, (id + "\n").getBytes(StandardCharsets.UTF_8));
        sync(fresh, StandardOpenOption.WRITE);
        Files.move(fresh, marker, StandardCopyOption.ATOMIC_MOVE);
        sync(folder, StandardOpenOption.READ);
    }

    private static void sync(Path path, StandardOpenOption how) throws IOException {
        try (FileChannel channel = FileChannel.open(path, how)) {
            channel.force(true);
        }
    }

    static void closeQuietly(@Nullable Connection connection) {
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException ignored) {
                // Nothing is lost: what counts was committed.
            }
        }
    }
}
