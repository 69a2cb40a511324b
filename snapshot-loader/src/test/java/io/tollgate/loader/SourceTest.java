/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.signing.SigningKey;
import io.tollgate.loader.fixture.SampleSnapshot;
import io.tollgate.loader.fixture.SnapshotBuilder;
import io.tollgate.loader.fixture.SnapshotFiles;
import io.tollgate.loader.fixture.SnapshotHost;
import io.tollgate.loader.fixture.TestCertificates;
import io.tollgate.loader.source.HttpsTarget;
import io.tollgate.loader.source.SourceClient;
import io.tollgate.loader.source.SourceClient.Freshness;
import io.tollgate.loader.transfer.ControlPlaneTarget;
import io.tollgate.loader.transfer.SnapshotVersion;
import io.tollgate.loader.transfer.TokenSource;
import io.tollgate.loader.transfer.TransferLimits;
import io.tollgate.loader.transfer.TrustedKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real loader thread over a file and over real HTTPS. */
final class SourceTest {
    private static final LoaderContext.Timing QUICK = new LoaderContext.Timing(50, 3_000, 700, 20, 100);
    private static final long OLD_MS = 60_000;

    @TempDir
    static Path certificates;

    private static @Nullable TestCertificates own;

    @TempDir
    Path directory;

    private final SigningKey key = SigningKey.generate();
    private final SnapshotBuilder.Built seven = built(7);
    private final SnapshotBuilder.Built eight = built(8);
    private Path file = Path.of("");
    private @Nullable SnapshotLoader loader;
    private @Nullable SnapshotHost host;

    private SnapshotBuilder.Built built(long version) {
        return SampleSnapshot.of(version).chunkBytes(100).signedBy(key).build();
    }

    @BeforeEach
    void place() throws IOException {
        file = directory.resolve("a.tgs");
        Files.writeString(directory.resolve("trust.pem"), key.publicKey().pem());
    }

    @AfterEach
    void stop() {
        if (loader != null) {
            loader.close();
        }
        if (host != null) {
            host.close();
        }
    }

    private TrustedKeys trust() throws IOException {
        return TrustedKeys.open(directory.resolve("trust.pem"), false);
    }

    private SnapshotLoader start(SourceClient client) throws IOException {
        SnapshotLoader started = SnapshotLoader.open(LoaderHarness.context()
                .verifier(trust())
                .stateDir(directory.resolve("state"))
                .client(client)
                .timing(QUICK));
        loader = started;
        started.start();
        return started;
    }

    private SnapshotLoader startFile(Freshness freshness) throws IOException {
        return start(SourceClient.ofFile(file, TransferLimits.DEFAULT, freshness, trust()));
    }

    private SnapshotHost host() throws Exception {
        TestCertificates made = own == null ? TestCertificates.make(certificates, "host") : own;
        own = made;
        SnapshotHost opened = new SnapshotHost(made);
        host = opened;
        return opened;
    }

    private HttpsTarget target(SnapshotHost at, @Nullable TokenSource token) {
        return new HttpsTarget(
                at.uri(),
                new ControlPlaneTarget.Tls(certificates.resolve("host.pem"), null, null),
                token,
                Duration.ofSeconds(5));
    }

    private SnapshotLoader startHttps(SnapshotHost at, Freshness freshness) throws IOException {
        return start(SourceClient.ofHttps(target(at, null), TransferLimits.DEFAULT, freshness, trust()));
    }

    private void publish(SnapshotBuilder.Built snapshot, long ageMs) throws IOException {
        replace(file, SnapshotFiles.bytes(snapshot));
        replace(statementFile(), statement(snapshot, ageMs));
    }

    private Path statementFile() {
        return directory.resolve("a.tgs.fresh");
    }

    private byte[] statement(SnapshotBuilder.Built snapshot, long ageMs) {
        return SnapshotFiles.statement(snapshot, System.currentTimeMillis() - ageMs, key);
    }

    private static void replace(Path target, byte[] bytes) throws IOException {
        Path whole = target.resolveSibling(target.getFileName() + ".new");
        Files.write(whole, bytes);
        Files.move(whole, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void await(SnapshotLoader running, BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadlineNs) {
                throw new AssertionError("not within 30 s: " + running.status());
            }
            try {
                Thread.sleep(5);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    private static boolean isActive(SnapshotLoader running, long version) {
        LoaderStatus.SnapshotFacts facts = running.status().snapshot();
        return facts != null && facts.version().equals(new SnapshotVersion(1, version));
    }

    private static boolean isFresh(SnapshotLoader running) {
        return running.status().planes().stream().noneMatch(LoaderStatus.PlaneFacts::stale);
    }

    private static String connectionFailure(SnapshotLoader running) {
        LoaderStatus.Failure failure = running.status().connection().lastFailure();
        return failure == null ? "" : failure.cause();
    }

    private static String installFailure(SnapshotLoader running) {
        LoaderStatus.Failure failure = running.status().installs().lastFailure();
        return failure == null ? "" : failure.cause();
    }

    private static String keyId(SnapshotLoader running) {
        LoaderStatus.SnapshotFacts facts = running.status().snapshot();
        return facts == null ? "" : facts.signatureKeyId();
    }

    private static void awaitFailure(SnapshotLoader running, String expected) {
        await(running, () -> connectionFailure(running).contains(expected));
    }

    // ---- a file

    @Test
    void shouldFollowAFileThatIsReplaced() throws Exception {
        publish(seven, 0);
        SnapshotLoader running = startFile(Freshness.STATEMENT);
        await(running, () -> isActive(running, 7) && isFresh(running));
        publish(eight, 0);
        await(running, () -> isActive(running, 8) && isFresh(running));
        assertEquals(key.id(), keyId(running));
    }

    @Test
    void shouldCountTheAgeFromTheStatementAndFollowANewerOne() throws Exception {
        publish(seven, OLD_MS);
        SnapshotLoader running = startFile(Freshness.STATEMENT);
        await(
                running,
                () -> isActive(running, 7) && running.status().connection().lastAnswerAtMs() > 0);
        await(running, () -> running.status().planes().get(0).ageMs() >= OLD_MS);
        assertFalse(isFresh(running), "a publisher that fell silent is no evidence");
        replace(statementFile(), statement(seven, 0));
        await(running, () -> isFresh(running));
    }

    @Test
    void shouldStayStaleWithoutAStatementOrWithOneThatProvesNothing() throws Exception {
        publish(seven, 0);
        SnapshotLoader running = startFile(Freshness.STATEMENT);
        await(running, () -> isActive(running, 7) && isFresh(running));
        loader = null;
        running.close();

        Files.delete(statementFile());
        SnapshotLoader again = startFile(Freshness.STATEMENT);
        awaitFailure(again, "no freshness statement");
        replace(statementFile(), statement(eight, 0));
        awaitFailure(again, "is of snapshot 1-8, beside it lies 1-7");
        replace(statementFile(), SnapshotFiles.statement(seven, System.currentTimeMillis(), SigningKey.generate()));
        awaitFailure(again, "the freshness statement is signed by ed25519-");
        replace(statementFile(), statement(seven, -OLD_MS));
        awaitFailure(again, "set the clock");
        replace(statementFile(), new byte[70_000]);
        awaitFailure(again, "more than 65536 bytes");
        replace(statementFile(), new byte[] {1, 2, 3});
        awaitFailure(again, "does not parse");
        byte[] flipped = statement(seven, 0);
        flipped[flipped.length - 3] ^= 4;
        replace(statementFile(), flipped);
        awaitFailure(again, "does not hold");
        assertTrue(isActive(again, 7));
        assertFalse(isFresh(again), "nothing of this confirms");
        replace(statementFile(), statement(seven, 0));
        await(again, () -> isFresh(again));
    }

    @Test
    void shouldCallEveryReadAConfirmationOnlyWhenConfigured() throws Exception {
        replace(file, SnapshotFiles.bytes(seven));
        SnapshotLoader running = startFile(Freshness.ANSWER);
        await(running, () -> isActive(running, 7) && isFresh(running));
    }

    @Test
    void shouldHealAFileThatWasCopiedInPlaceWhileItWasRead() throws Exception {
        byte[] whole = SnapshotFiles.bytes(seven);
        Files.write(file, Arrays.copyOf(whole, whole.length / 2));
        SnapshotLoader running = startFile(Freshness.ANSWER);
        await(running, () -> running.status().installs().failed() > 0);
        Files.write(file, Arrays.copyOf(whole, 20));
        awaitFailure(running, "cut off within its manifest");
        Files.write(file, new byte[30]);
        awaitFailure(running, "no snapshot file");
        Files.delete(file);
        awaitFailure(running, "no such file");
        Files.write(file, whole);
        await(running, () -> isActive(running, 7) && isFresh(running));
    }

    @Test
    void shouldRefuseAnOlderFileAndKeepTheNewerSnapshot() throws Exception {
        publish(eight, 0);
        SnapshotLoader running = startFile(Freshness.STATEMENT);
        await(running, () -> isActive(running, 8));
        publish(seven, 0);
        await(running, () -> running.status().installs().refused() > 0);
        assertTrue(installFailure(running).contains("versions never go back"));
        assertTrue(isActive(running, 8));
    }

    @Test
    void shouldRefuseAFileThatAStrangerSigned() throws Exception {
        SnapshotBuilder.Built forged =
                SampleSnapshot.of(9).signedBy(SigningKey.generate()).build();
        replace(file, SnapshotFiles.bytes(forged));
        SnapshotLoader running = startFile(Freshness.ANSWER);
        await(running, () -> running.status().installs().refused() > 0);
        assertFalse(isActive(running, 9));
    }

    // ---- HTTPS

    @Test
    void shouldPollWithTheETagAndInstallWhatIsNew() throws Exception {
        SnapshotHost at = host();
        at.publish(SnapshotFiles.bytes(seven), statement(seven, 0));
        SnapshotLoader running = startHttps(at, Freshness.STATEMENT);
        await(running, () -> isActive(running, 7) && isFresh(running));
        await(running, () -> at.count(304) > 3);
        assertEquals(1, at.count(200), "one transfer");
        assertEquals(1, at.count(206), "one look at the head; after that only 304");
        at.publish(SnapshotFiles.bytes(eight), statement(eight, 0));
        await(running, () -> isActive(running, 8) && isFresh(running));
        assertEquals(key.id(), keyId(running));
    }

    @Test
    void shouldGoOnWithARangeWhereATransferWasCut() throws Exception {
        SnapshotHost at = host();
        byte[] bytes = SnapshotFiles.bytes(seven);
        at.publish(bytes, null);
        at.cutNextAt(bytes.length * 3 / 4);
        SnapshotLoader running = startHttps(at, Freshness.ANSWER);
        await(running, () -> isActive(running, 7));
        assertEquals(1, running.status().installs().failed());
        assertEquals(0, running.status().installs().refused());
        SnapshotHost.Seen resumed = at.seen.stream()
                .filter(s -> s.status() == 206 && !s.range().startsWith("bytes=0-"))
                .findFirst()
                .orElseThrow(() -> new AssertionError(at.seen.toString()));
        int from = Integer.parseInt(resumed.range().substring(6, resumed.range().length() - 1));
        assertTrue(from > bytes.length / 2 && from < bytes.length, resumed.range());
    }

    @Test
    void shouldStartAnewWhenTheObjectChangedAfterTheCut() throws Exception {
        SnapshotHost at = host();
        byte[] bytes = SnapshotFiles.bytes(seven);
        at.publish(bytes, null);
        at.cutNextAt(bytes.length * 3 / 4);
        SnapshotLoader running = startHttps(at, Freshness.ANSWER);
        await(running, () -> running.status().installs().failed() > 0 || at.count(200) > 0);
        at.publish(SnapshotFiles.bytes(eight), null);
        await(running, () -> isActive(running, 8) && isFresh(running));
        assertEquals(0, running.status().installs().refused());
    }

    @Test
    void shouldNotFollowARedirect() throws Exception {
        SnapshotHost at = host();
        at.publish(SnapshotFiles.bytes(seven), null);
        at.answerWith(302, "Location: https://127.0.0.1:1/elsewhere?token=abc");
        SnapshotLoader running = startHttps(at, Freshness.ANSWER);
        awaitFailure(running, "redirects are not followed");
        assertTrue(connectionFailure(running).contains("https://127.0.0.1:1/elsewhere"));
        assertFalse(connectionFailure(running).contains("abc"), connectionFailure(running));
        assertFalse(connectionFailure(running).contains("secret"), "a pre-signed address is a secret");
        at.answerWith(0, null);
        await(running, () -> isActive(running, 7) && isFresh(running));
    }

    @Test
    void shouldShowItsTokenAndReadItAnew() throws Exception {
        SnapshotHost at = host();
        at.publish(SnapshotFiles.bytes(seven), null);
        at.requireToken("t-2");
        Path token = Files.writeString(directory.resolve("token"), "t-1\n");
        SnapshotLoader running = start(SourceClient.ofHttps(
                target(at, TokenSource.ofFile(token)), TransferLimits.DEFAULT, Freshness.ANSWER, trust()));
        awaitFailure(running, "it answers 401");
        assertFalse(connectionFailure(running).contains("t-1"), connectionFailure(running));
        Files.writeString(token, "t-2\n");
        await(running, () -> isActive(running, 7) && isFresh(running));
    }

    @Test
    void shouldRefuseAServerThatNobodyVouchesFor() throws Exception {
        SnapshotHost at = host();
        at.publish(SnapshotFiles.bytes(seven), null);
        TestCertificates.make(directory, "other");
        HttpsTarget target = new HttpsTarget(
                at.uri(),
                new ControlPlaneTarget.Tls(directory.resolve("other.pem"), null, null),
                null,
                Duration.ofSeconds(5));
        SnapshotLoader running = start(SourceClient.ofHttps(target, TransferLimits.DEFAULT, Freshness.ANSWER, trust()));
        awaitFailure(running, "certif");
        assertEquals(0, at.seen.size());
    }

    @Test
    void shouldShowItsCertificateWhereOneIsAskedFor() throws Exception {
        TestCertificates server = TestCertificates.make(directory, "server");
        TestCertificates caller = TestCertificates.make(directory, "caller");
        SnapshotHost at = new SnapshotHost(server, caller);
        host = at;
        at.publish(SnapshotFiles.bytes(seven), null);
        for (boolean shown : new boolean[] {false, true}) {
            HttpsTarget target = new HttpsTarget(
                    at.uri(),
                    new ControlPlaneTarget.Tls(
                            server.certificate, shown ? caller.certificate : null, shown ? caller.key : null),
                    null,
                    Duration.ofSeconds(5));
            SnapshotLoader running =
                    start(SourceClient.ofHttps(target, TransferLimits.DEFAULT, Freshness.ANSWER, trust()));
            if (shown) {
                await(running, () -> isActive(running, 7) && isFresh(running));
            } else {
                await(running, () -> running.status().connection().consecutiveFailures() > 0);
                assertEquals(0, at.seen.size());
                running.close();
            }
        }
    }

    @Test
    void shouldSayWhatTheServerAnswersAndRecover() throws Exception {
        SnapshotHost at = host();
        at.publish(SnapshotFiles.bytes(seven), null);
        at.answerWith(503, null);
        SnapshotLoader running = startHttps(at, Freshness.ANSWER);
        awaitFailure(running, "it answers 503");
        at.answerWith(404, null);
        awaitFailure(running, "it answers 404");
        at.answerWith(204, null);
        awaitFailure(running, "it answers 204");
        at.answerWith(0, "Content-Encoding: gzip");
        awaitFailure(running, "encoded as 'gzip'");
        at.answerWith(0, null);
        await(running, () -> isActive(running, 7) && isFresh(running));
    }

    @Test
    void shouldGiveUpABodyThatStopsComing() throws Exception {
        SnapshotHost at = host();
        at.publish(SnapshotFiles.bytes(seven), null);
        at.stall(true);
        SnapshotLoader running = startHttps(at, Freshness.ANSWER);
        awaitFailure(running, "no answer from https://127.0.0.1");
        int before = sourceThreads();
        await(running, () -> at.count(206) > 2);
        assertTrue(sourceThreads() <= before + 2, "calls that were given up keep no thread");
        at.stall(false);
        await(running, () -> isActive(running, 7) && isFresh(running));
    }

    private static int sourceThreads() {
        return (int) Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("tollgate-source"))
                .count();
    }

    @Test
    void shouldRefuseASnapshotBeyondTheLimits() throws Exception {
        SnapshotHost at = host();
        at.publish(SnapshotFiles.bytes(seven), null);
        TransferLimits usual = TransferLimits.DEFAULT;
        TransferLimits few = new TransferLimits(
                usual.maxManifestBytes(),
                usual.maxChunks(),
                usual.maxPayloadBytes(),
                usual.maxChunkBytes(),
                usual.maxTotalBytes(),
                2,
                usual.maxRecordBytes());
        SnapshotLoader running = SnapshotLoader.open(LoaderHarness.context()
                .verifier(trust())
                .limits(few)
                .stateDir(directory.resolve("state"))
                .client(SourceClient.ofHttps(target(at, null), few, Freshness.ANSWER, trust()))
                .timing(QUICK));
        loader = running;
        running.start();
        await(running, () -> running.status().installs().refused() > 0);
        assertTrue(installFailure(running).contains("pass the limit of 2"));
    }
}
