/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import io.grpc.StatusException;
import io.tollgate.v1.LedgerView;
import io.tollgate.v1.UsageBatch;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A ledger is never replaced by an empty one, and never accepts what it cannot keep. */
class LedgerDamageTest {
    @TempDir
    Path folder;

    Path file;

    @BeforeEach
    void fill() {
        file = folder.resolve(LedgerDatabase.FILE_NAME);
        try (OpenLedger ledger = new OpenLedger(folder)) {
            for (int i = 0; i < 20; i++) {
                assertEquals(
                        100 * i + 100,
                        ledger.submit(Usage.run("a", "1", 100 * i + 1, 100)).acceptedSequence());
            }
        }
    }

    private void refuses(String... words) {
        try (OpenLedger ledger = new OpenLedger(folder)) {
            Receipt receipt = ledger.submit(Usage.run("a", "1", 2_001, 1));
            assertEquals(Receipt.Result.UNAVAILABLE, receipt.result());
            assertFalse(ledger.ledger.status().getAccepting());
            for (String word : words) {
                assertTrue(receipt.message().contains(word), receipt.message());
                assertTrue(ledger.ledger.status().getRefusal().contains(word));
            }
            StatusException refusal =
                    assertThrows(StatusException.class, () -> ledger.view(LedgerView.LEDGER_VIEW_TOTALS));
            assertEquals(Status.Code.UNAVAILABLE, refusal.getStatus().getCode());
        }
    }

    @Test
    void shouldRefuseWhenTheFileIsNoDatabase() throws Exception {
        byte[] garbage = new byte[8_192];
        java.util.Arrays.fill(garbage, (byte) 7);
        Files.write(file, garbage);
        refuses("damaged", ".recover", "sidecars keep");
        assertEquals(7, Files.readAllBytes(file)[0], "it is left as it is");
    }

    @Test
    void shouldRefuseWhenPagesAreGone() throws Exception {
        try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
            raw.setLength(raw.length() / 2 / 4_096 * 4_096);
        }
        refuses("damaged");
    }

    @Test
    void shouldRefuseWhenAPageIsZeroed() throws Exception {
        try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
            raw.seek(raw.length() / 2 / 4_096 * 4_096);
            raw.write(new byte[4_096]);
        }
        refuses("damaged");
    }

    @Test
    void shouldRefuseWhenTheFileIsGoneOrEmpty() throws Exception {
        Files.delete(file);
        refuses("is gone", "Put it back");
        Files.createFile(file);
        refuses("is gone or empty");
        assertEquals(0, Files.size(file));

        Files.delete(folder.resolve(LedgerDatabase.MARKER_NAME));
        try (OpenLedger ledger = new OpenLedger(folder)) {
            assertTrue(ledger.ledger.status().getAccepting(), "the operator said so");
        }
    }

    @Test
    void shouldRefuseAnotherLedger() throws Exception {
        Path other = Files.createDirectories(folder.resolve("other"));
        new OpenLedger(other).close();
        Files.copy(other.resolve(LedgerDatabase.FILE_NAME), file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        refuses("another ledger");
    }

    @Test
    void shouldRefuseTablesOfANewerVersion() throws Exception {
        try (Connection connection = new LedgerDatabase(folder).openForWriting(true);
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("UPDATE ledger SET schema_version = 99");
            connection.commit();
        }
        refuses("newer version");
    }

    @Test
    void shouldTakeNothingOfATransactionThatFindsTheDiskFullAndGoOnLater() throws Exception {
        FullDisk disk = new FullDisk(folder);
        LedgerAgent agent = new LedgerAgent(disk, LedgerConfig.DEFAULT, KnownNames.ALL, InstantSource.system());
        agent.onStart();
        try {
            for (int i = 0; i < 3; i++) {
                List<Receipt> receipts = together(agent, Usage.run("a", "1", 2_001, 3), Usage.run("b", "1", 1, 5_000));
                assertEquals(
                        List.of(Receipt.Result.UNAVAILABLE, Receipt.Result.UNAVAILABLE),
                        receipts.stream().map(Receipt::result).toList());
                assertFalse(agent.status().getAccepting());
                assertTrue(
                        agent.status().getRefusal().contains("full"),
                        agent.status().getRefusal());
            }
            disk.most = 1_000_000;
            // The connection under way still has the old bound.
            together(agent, Usage.run("a", "1", 2_001, 3), Usage.run("b", "1", 1, 5_000));

            List<Receipt> receipts = together(agent, Usage.run("a", "1", 2_001, 3), Usage.run("b", "1", 1, 5_000));

            assertEquals(
                    List.of(2_003L, 5_000L),
                    receipts.stream().map(Receipt::acceptedSequence).toList());
            assertTrue(agent.status().getAccepting());
            assertEquals(5_003, agent.status().getAcceptedCount());
        } finally {
            agent.onClose();
        }
        try (OpenLedger ledger = new OpenLedger(folder)) {
            assertEquals(7_003, ledger.events());
        }
    }

    private static List<Receipt> together(LedgerAgent agent, UsageBatch... batches) {
        List<Receipt> receipts = new ArrayList<>();
        for (UsageBatch batch : batches) {
            agent.submit(batch, receipts::add);
        }
        agent.doWork();
        return receipts;
    }

    /** A disk without room for more pages than there are. */
    private static final class FullDisk extends LedgerDatabase {
        int most = 1;

        FullDisk(Path folder) {
            super(folder);
        }

        @Override
        Connection openForWriting(boolean check) throws UnusableException {
            Connection connection = super.openForWriting(check);
            try (Statement statement = connection.createStatement()) {
                connection.setAutoCommit(true);
                statement.execute("PRAGMA max_page_count = " + most);
                connection.setAutoCommit(false);
                return connection;
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
        }
    }
}
