/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Edits are loaded once they have come to rest. Time is the test's own. */
class BundleWatcherTest {
    private static final long PAUSE_NS = 100_000_000L;

    @TempDir
    Path dir;

    private long nowNs;
    private final List<String> events = new ArrayList<>();
    private Runnable duringReload = () -> {};
    private final BundleWatcher watcher = new BundleWatcher(() -> nowNs, PAUSE_NS);

    private final class Recorder implements BundleWatcher.Reloader {
        @Override
        public void confirmed() {
            events.add("confirmed");
        }

        @Override
        public Runnable reload() {
            duringReload.run();
            return () -> events.add("published");
        }

        @Override
        public void unreadable(IOException cause) {
            events.add("unreadable");
        }
    }

    @BeforeEach
    void start() throws IOException {
        Files.createDirectories(dir.resolve("bundle/limits"));
        write("limits/a.yaml", "one");
        watcher.watch(dir.resolve("bundle"), new Recorder());
        assertEquals(List.of("published"), take());
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(dir.resolve("bundle").resolve(name), text);
    }

    private List<String> take() {
        List<String> taken = List.copyOf(events);
        events.clear();
        return taken;
    }

    private List<String> look() {
        nowNs += 20 * PAUSE_NS;
        watcher.doWork();
        return take();
    }

    @Test
    void shouldConfirmWhatHasNotChanged() {
        assertEquals(List.of("confirmed"), look());
        assertEquals(List.of("confirmed"), look());
    }

    @Test
    void shouldLookOnlyOncePerPause() {
        look();
        nowNs += 1;
        watcher.doWork();
        assertEquals(List.of(), take());
    }

    @Test
    void shouldPublishAnEditThatTwoLooksSeeAlike() throws IOException {
        write("limits/a.yaml", "twice");
        assertEquals(List.of(), look());
        assertEquals(List.of("published"), look());
        assertEquals(List.of("confirmed"), look());
    }

    @Test
    void shouldWaitWhileAFileIsStillBeingWritten() throws IOException {
        write("limits/a.yaml", "tw");
        assertEquals(List.of(), look());
        write("limits/a.yaml", "twice");
        assertEquals(List.of(), look());
        assertEquals(List.of("published"), look());
    }

    @Test
    void shouldNotPublishWhatChangedWhileItWasRead() throws IOException {
        write("limits/a.yaml", "two");
        look();
        duringReload = () -> {
            try {
                write("limits/b.yaml", "late");
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        };
        assertEquals(List.of(), look());
        duringReload = () -> {};
        assertEquals(List.of("published"), look());
    }

    @Test
    void shouldNoticeAFileThatIsRenamedOverAnotherOfTheSameSizeAndTime() throws IOException {
        Path file = dir.resolve("bundle/limits/a.yaml");
        FileTime time = Files.getLastModifiedTime(file);
        Path other = write("limits/.a.yaml.swp", "two");
        Files.setLastModifiedTime(other, time);
        Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
        Files.setLastModifiedTime(file, time);

        look();
        assertEquals(List.of("published"), look());
    }

    @Test
    void shouldNoticeNewAndDeletedFiles() throws IOException {
        Path added = write("limits/b.yaml", "more");
        look();
        assertEquals(List.of("published"), look());
        Files.delete(added);
        look();
        assertEquals(List.of("published"), look());
    }

    @Test
    void shouldIgnoreWhatIsNotRead() throws IOException {
        write("limits/README.md", "text");
        write("limits/.a.yaml.swp", "editor");
        Files.createDirectories(dir.resolve("bundle/.git"));
        write(".git/x.yaml", "no");

        assertEquals(List.of("confirmed"), look());
    }

    @Test
    void shouldSayThatTheDirectoryIsGoneAndPublishWhenItIsBack() throws IOException {
        Path away = dir.resolve("away");
        Files.move(dir.resolve("bundle"), away);
        List<String> gone = look();
        gone = gone.isEmpty() ? look() : gone;
        Files.move(away, dir.resolve("bundle"));

        assertEquals(List.of("confirmed"), look());
        assertEquals(List.of("unreadable"), gone);
    }
}
