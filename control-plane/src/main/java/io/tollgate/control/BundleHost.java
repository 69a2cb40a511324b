/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control;

import io.tollgate.control.compiler.BundleCompiler;
import io.tollgate.control.compiler.CompileResult;
import io.tollgate.control.compiler.CompiledBundle;
import io.tollgate.control.publish.BundlePublisher;
import io.tollgate.control.publish.PublishedSnapshot;
import io.tollgate.control.service.ServedBundle;
import io.tollgate.control.signing.ManifestSigner;
import io.tollgate.control.source.Diagnostic;
import io.tollgate.control.watch.BundleWatcher;
import io.tollgate.v1.BundleStatus;
import io.tollgate.v1.Plane;
import io.tollgate.v1.PlaneSourceAge;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One bundle: compiles it when told to, publishes what compiles, keeps what was published when it does not.
 *
 * <p>Reloading belongs to one thread (the starting one, then the watcher's); what the services ask may come from any.
 */
final class BundleHost implements ServedBundle, BundleWatcher.Reloader, AutoCloseable {
    private static final Logger LOG = System.getLogger("tollgate.control");
    private static final int MAX_ERROR_LINES = 50;

    private final Path dir;
    private final Path stateDir;
    private final InstantSource clock;
    private final LongSupplier clockNs;
    private final boolean isWatched;
    private final ControlPlaneListener listener;
    private final ManifestSigner signer;
    private volatile @Nullable BundlePublisher publisher;
    private volatile String id = "";
    /** Of the last compilation or publication; empty = it was good. */
    private volatile String lastError = "";
    /** Of the last look at the directory; empty = it could be looked at. */
    private volatile String lookError = "";
    /** When the sources were last seen to be what is published; with a broken edit, what was compiled last. */
    private volatile long confirmedNs;

    /** @param isWatched whether {@link #confirmed} will be called again and again, so that its absence means something */
    BundleHost(
            ControlPlaneConfig.Bundle bundle,
            Path stateDir,
            InstantSource clock,
            LongSupplier clockNs,
            boolean isWatched,
            ControlPlaneListener listener,
            ManifestSigner signer) {
        this.signer = signer;
        this.dir = bundle.dir();
        this.stateDir = stateDir;
        this.clock = clock;
        this.clockNs = clockNs;
        this.isWatched = isWatched;
        this.listener = listener;
        this.confirmedNs = clockNs.getAsLong();
    }

    Path dir() {
        return dir;
    }

    /** Serves what was last published from this directory, before anything is compiled. */
    void restore() throws IOException {
        Optional<String> known = BundlePublisher.bundleOf(stateDir, dir);
        if (known.isPresent()) {
            id = known.get();
            publisher = BundlePublisher.open(stateDir, id, dir, clock, signer);
        }
    }

    @Override
    public Runnable reload() {
        CompileResult result = BundleCompiler.compile(dir, clock);
        return () -> apply(result);
    }

    private void apply(CompileResult result) {
        confirmed();
        Optional<CompiledBundle> bundle = result.bundle();
        if (bundle.isEmpty()) {
            lastError = errors(result);
            LOG.log(
                    Level.WARNING,
                    dir + " has " + result.errorCount() + " errors and is not published; "
                            + current().map(s -> s + " stays").orElse("nothing was published before") + "\n"
                            + lastError);
            listener.refused(dir, result);
            return;
        }
        try {
            publish(bundle.get(), result);
        } catch (IOException | IllegalArgumentException e) {
            fail(dir + " cannot be published: " + e);
        }
    }

    private void publish(CompiledBundle bundle, CompileResult result) throws IOException {
        BundlePublisher target = publisher;
        if (target != null && !bundle.bundle().equals(id)) {
            if (target.current().isPresent()) {
                fail(dir + " now says bundle '" + bundle.bundle() + "', it was '" + id
                        + "'; restart the control plane to serve another bundle from it");
                return;
            }
            target.close();
            target = null;
        }
        if (target == null) {
            target = BundlePublisher.open(stateDir, bundle.bundle(), dir, clock, signer);
            id = bundle.bundle();
            publisher = target;
        }
        Optional<PublishedSnapshot> published = target.publish(bundle);
        lastError = "";
        if (published.isPresent()) {
            LOG.log(
                    Level.INFO,
                    "published " + published.get() + ", digest "
                            + published.get().digestHex());
            listener.published(dir, published.get(), result);
        } else {
            target.current().ifPresent(snapshot -> listener.unchanged(dir, snapshot, result));
        }
    }

    private void fail(String message) {
        lastError = message;
        LOG.log(Level.ERROR, message);
        listener.failed(dir, message);
    }

    private static String errors(CompileResult result) {
        List<String> lines = result.diagnostics().stream()
                .filter(d -> d.severity() == Diagnostic.Severity.ERROR)
                .map(Diagnostic::toString)
                .toList();
        String shown = lines.stream().limit(MAX_ERROR_LINES).collect(Collectors.joining("\n"));
        return lines.size() <= MAX_ERROR_LINES ? shown : shown + "\nand " + (lines.size() - MAX_ERROR_LINES) + " more";
    }

    @Override
    public void confirmed() {
        confirmedNs = clockNs.getAsLong();
        lookError = "";
    }

    @Override
    public void unreadable(IOException cause) {
        String message = dir + " cannot be looked at: " + cause;
        if (!message.equals(lookError)) {
            lookError = message;
            LOG.log(Level.ERROR, message);
            listener.failed(dir, message);
        }
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public Optional<PublishedSnapshot> current() {
        BundlePublisher target = publisher;
        return target == null ? Optional.empty() : target.current();
    }

    @Override
    public Optional<PublishedSnapshot> find(long version) {
        BundlePublisher target = publisher;
        return target == null ? Optional.empty() : target.find(version);
    }

    /**
     * Files are as fresh as the last look at them, so a directory that cannot be looked at grows old. A broken edit does
     * not make them older: the operator's last good word stands until the next good one, and the detail says so.
     */
    @Override
    public List<PlaneSourceAge> sourceAges() {
        long ageMs = isWatched ? Math.max(0, clockNs.getAsLong() - confirmedNs) / 1_000_000 : 0;
        String detail = !lookError.isEmpty()
                ? lookError
                : lastError.isEmpty() ? "" : "the sources have errors; the last good version stays";
        return PLANES.stream()
                .map(plane -> PlaneSourceAge.newBuilder()
                        .setPlane(plane)
                        .setAgeMs(ageMs)
                        .setDetail(detail)
                        .build())
                .toList();
    }

    private static final List<Plane> PLANES = List.of(
            Plane.PLANE_DIRECTORY,
            Plane.PLANE_POLICY,
            Plane.PLANE_ENTITLEMENT,
            Plane.PLANE_QUOTA,
            Plane.PLANE_CREDIT,
            Plane.PLANE_CAPACITY);

    @Override
    public BundleStatus status() {
        BundleStatus.Builder status = BundleStatus.newBuilder()
                .setBundle(id)
                .setLastError(lookError.isEmpty() ? lastError : lookError)
                .setSource(dir.toString());
        current().ifPresent(snapshot -> status.setVersion(snapshot.version())
                .setEpoch(snapshot.epoch())
                .setDigest(snapshot.digestHex())
                .setPublishedAtMs(snapshot.publishedAtMs()));
        return status.build();
    }

    @Override
    public void close() {
        BundlePublisher target = publisher;
        if (target != null) {
            target.close();
        }
    }
}
