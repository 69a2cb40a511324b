/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.install;

import com.google.protobuf.ByteString;
import io.tollgate.core.digest.StateDigest;
import io.tollgate.core.world.World;
import io.tollgate.core.world.WorldFiles;
import io.tollgate.loader.transfer.RecordCursor;
import io.tollgate.loader.transfer.RefusedException;
import io.tollgate.loader.transfer.SectionFacts;
import io.tollgate.loader.transfer.SnapshotVersion;
import io.tollgate.loader.transfer.StagedSnapshot;
import io.tollgate.loader.transfer.VerifiedManifest;
import io.tollgate.v1.Section;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Installs one verified snapshot beside the live one, a bounded piece of work per {@link #step}, so that the loader's thread keeps up its
 * heartbeats meanwhile. Until INSTALLED is written the folder is garbage; {@link #abandon} removes it. Loader's thread only.
 *
 * <pre>
 *   manifest.bin -&gt; small sections, chunk by chunk (static.bin, *.chm, heap; wallets: wallets.tmp)
 *   -&gt; directory, chunk by chunk (directory.chm, *.tgw, cells)
 *   -&gt; finish *.tgw -&gt; close and sync the *.chm -&gt; sync the rest and the cells -&gt; INSTALLED -&gt; open the world
 * </pre>
 */
public final class Installation {
    /** Chronicle Map files and flat files together take about so many times the records' bytes. */
    private static final int SPACE_FACTOR = 4;

    private static final long SPACE_FOR_FIXED_BYTES = 16L << 20;
    static final String MANIFEST_FILE = "manifest.bin";

    private final InstallContext context;
    private final StagedSnapshot staged;
    private final Supplier<@Nullable World> before;
    private final Path folder;
    private final Queue<Step> steps = new ArrayDeque<>();
    private final RecordCursor cursor = new RecordCursor();
    private final StaticRecords statics = new StaticRecords();
    private final Map<Section, SectionMap> maps = new EnumMap<>(Section.class);
    private final Map<Section, ContentSum> sums = new EnumMap<>(Section.class);
    private final List<InstalledMarker.FileEntry> files = new ArrayList<>();
    private final List<InstalledMarker.SectionEntry> sections = new ArrayList<>();

    private final StateDigest digest = new StateDigest();

    private StaticFile.@Nullable Writer staticFile;
    private @Nullable WalletSpool wallets;
    private @Nullable WorldBuild build;
    private @Nullable World world;
    private boolean over;

    @FunctionalInterface
    private interface Step {
        void run() throws IOException, RefusedException;
    }

    /**
     * Plans an installation; nothing is done before the first step.
     *
     * @param staged taken over: closed when the installation ends, either way
     * @param before gives the active world, which deltas may replace meanwhile; null = none
     */
    public Installation(InstallContext context, StagedSnapshot staged, Supplier<@Nullable World> before) {
        this.context = context;
        this.staged = staged;
        this.before = before;
        this.folder = context.directory().folderOf(staged.manifest().version());
        steps.add(this::prepare);
        for (SectionFacts facts : staged.facts()) {
            if (facts.section() != Section.SECTION_DIRECTORY) {
                planChunks(
                        facts.section(), facts.section() == Section.SECTION_WALLET ? this::addWallet : this::addStatic);
            }
        }
        steps.add(this::beginDirectory);
        planChunks(Section.SECTION_DIRECTORY, this::addScope);
        steps.add(this::finishWorld);
        for (SectionFacts facts : staged.facts()) {
            steps.add(() -> finishMap(facts.section()));
        }
        steps.add(this::openWorld);
        steps.add(this::complete);
    }

    @FunctionalInterface
    private interface RecordTaker {
        void take(Section section, byte[] key, byte[] value) throws IOException, RefusedException;
    }

    private void planChunks(Section section, RecordTaker taker) {
        int first = staged.firstChunk(section);
        for (int i = 0; i < staged.chunkCount(section); i++) {
            int chunk = first + i;
            steps.add(() -> readChunk(section, chunk, taker));
        }
    }

    /** {@return what is being installed} */
    public SnapshotVersion version() {
        return staged.manifest().version();
    }

    /** {@return the manifest of what is being installed} */
    public VerifiedManifest manifest() {
        return staged.manifest();
    }

    /**
     * Does the next piece of work.
     *
     * @return true = installed; {@link #result()} has it
     * @throws RefusedException when a record does not make sense; abandon then
     * @throws IOException when the disk is full or fails; abandon then
     */
    public boolean step() throws IOException, RefusedException {
        Step next = steps.poll();
        if (next == null || over) {
            throw new IllegalStateException("this installation is over");
        }
        next.run();
        if (steps.isEmpty()) {
            over = true;
            staged.close();
            return true;
        }
        return false;
    }

    /** {@return whether the last step was done} */
    public boolean isOver() {
        return over;
    }

    /** {@return what was installed, after the last step} */
    public InstalledSnapshot result() {
        World opened = world;
        if (!over || opened == null) {
            throw new IllegalStateException("this installation is not over");
        }
        return new InstalledSnapshot(folder, staged.manifest(), opened);
    }

    /** Right before activation: what rates have used up since they were bound is carried over. */
    public void beforeActivation() {
        if (build != null) {
            build.carry().beforeActivation(context.epochNs());
        }
    }

    private void prepare() throws IOException {
        VerifiedManifest manifest = staged.manifest();
        context.storage().delete(folder);
        context.storage()
                .requireSpace(
                        context.directory().snapshots(),
                        SPACE_FACTOR * manifest.lengthBytes() + SPACE_FOR_FIXED_BYTES,
                        "install snapshot " + manifest.version());
        context.storage().createDirectories(folder);
        Path file = folder.resolve(MANIFEST_FILE);
        try (FileChannel channel = context.storage().create(file)) {
            context.storage().write(channel, ByteBuffer.wrap(manifest.signed().toByteArray()));
        }
        context.storage().sync(file);
        files.add(FileSums.sum(file));
        staticFile = new StaticFile.Writer(context.storage(), folder);
    }

    private void readChunk(Section section, int chunk, RecordTaker taker) throws IOException, RefusedException {
        staged.readChunk(chunk, cursor);
        while (cursor.next()) {
            byte[] key = cursor.key();
            byte[] value = cursor.value();
            taker.take(section, key, value);
            atRest(section, key, value);
            digest.add(section.getNumber(), key, value);
        }
    }

    private void atRest(Section section, byte[] key, byte[] value) throws IOException, RefusedException {
        SectionMap map = maps.get(section);
        if (map == null) {
            map = SectionMap.create(folder, factsOf(section));
            maps.put(section, map);
            sums.put(section, new ContentSum());
        }
        if (!map.add(key, value)) {
            throw new RefusedException(
                    RefusedException.Check.CONTENT,
                    SectionFiles.shortName(section) + " '" + new String(key, StandardCharsets.UTF_8) + "' comes twice");
        }
        ContentSum sum = sums.get(section);
        if (sum != null) {
            sum.add(key, value);
        }
    }

    private SectionFacts factsOf(Section section) {
        for (SectionFacts facts : staged.facts()) {
            if (facts.section() == section) {
                return facts;
            }
        }
        throw new IllegalStateException(section + " was not measured");
    }

    private void addStatic(Section section, byte[] key, byte[] value) throws IOException, RefusedException {
        statics.add(section, key, value);
        if (staticFile != null) {
            staticFile.write(section, key, value);
        }
    }

    private void addWallet(Section section, byte[] key, byte[] value) throws IOException, RefusedException {
        if (wallets == null) {
            SectionFacts facts = factsOf(section);
            wallets = WalletSpool.create(folder, facts.records(), facts.valueBytes());
        }
        wallets.add(key, value);
    }

    private void beginDirectory() throws IOException, RefusedException {
        if (staticFile != null) {
            staticFile.finish();
            staticFile = null;
        }
        Path file = folder.resolve(StaticFile.FILE_NAME);
        context.storage().sync(file);
        files.add(FileSums.sum(file));
        long scopes = factsOf(Section.SECTION_DIRECTORY).records();
        build = WorldBuild.create(
                context, folder, statics.compile(new PoolCells(context.cells())), scopes, before, wallets);
    }

    private void addScope(Section section, byte[] key, byte[] value) throws IOException, RefusedException {
        if (build != null) {
            build.add(key, value);
        }
    }

    /** Deltas go on from there, so it must hold before the first of them. */
    private void requireStateDigest() throws RefusedException {
        ByteString said = staged.manifest().manifest().getStateDigest();
        if (!said.isEmpty() && !said.equals(ByteString.copyFrom(digest.toBytes()))) {
            throw new RefusedException(
                    RefusedException.Check.CONTENT,
                    "the records come to state " + digest + ", the manifest says "
                            + HexFormat.of().formatHex(said.toByteArray()));
        }
    }

    private void finishWorld() throws IOException, RefusedException {
        requireStateDigest();
        if (build == null) {
            throw new IllegalStateException("the directory was not begun");
        }
        for (WorldFiles.WorldFile file : build.finish().files()) {
            files.add(new InstalledMarker.FileEntry(file.name(), file.sizeBytes(), file.crc32c()));
        }
        // Identities first: no file may name a cell that a power failure takes away.
        context.cells().sync();
    }

    private void finishMap(Section section) throws IOException {
        SectionMap map = maps.remove(section);
        ContentSum sum = sums.remove(section);
        if (map == null || sum == null) {
            return;
        }
        map.close();
        context.storage().sync(map.file());
        sections.add(new InstalledMarker.SectionEntry(
                section,
                sum.records(),
                sum.sum(),
                map.file().getFileName().toString(),
                Files.size(map.file()),
                ChronicleHeader.crc32c(map.file())));
    }

    private void openWorld() throws IOException, RefusedException {
        if (build == null) {
            throw new IllegalStateException("the directory was not begun");
        }
        World opened = World.open(folder, build.tables(), context.factsOf(staged.manifest()), World.Check.HEADS);
        world = opened;
        statics.requireScopes(path -> opened.findPath(path) != World.NOT_FOUND);
        if (wallets != null) {
            wallets.requireScopes(path -> opened.findPath(path) != World.NOT_FOUND);
            wallets.close();
            wallets = null;
        }
        context.setPeriods(opened);
        opened.load();
    }

    private void complete() throws IOException {
        new InstalledMarker(version(), files, sections).write(context.storage(), folder);
        context.storage().syncDirectory(context.directory().snapshots());
    }

    /** Ends without success: closes what is open and removes the folder; says in the log what cannot be removed. */
    public void abandon() {
        over = true;
        steps.clear();
        Cleanup cleanup = new Cleanup(folder);
        if (world != null) {
            world.close();
        }
        if (staticFile != null) {
            cleanup.run(staticFile::close);
        }
        if (build != null) {
            cleanup.run(build::close);
        }
        if (wallets != null) {
            cleanup.run(wallets::close);
        }
        for (SectionMap map : maps.values()) {
            cleanup.run(map::close);
        }
        maps.clear();
        cleanup.run(() -> context.storage().delete(folder));
        cleanup.run(staged::close);
    }
}
