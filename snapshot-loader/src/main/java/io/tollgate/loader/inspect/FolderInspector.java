/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.inspect;

import io.tollgate.loader.install.InstalledFolder;
import io.tollgate.loader.transfer.RefusedException;
import io.tollgate.v1.Section;
import io.tollgate.v1.SignedDelta;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An installed folder that no sidecar is using. */
final class FolderInspector extends SnapshotInspector {
    private final InstalledFolder folder;

    private FolderInspector(InstalledFolder folder) {
        super(folder.manifest().signed(), folder.manifest().manifest());
        this.folder = folder;
    }

    static FolderInspector openFolder(Path path) throws IOException, RefusedException {
        return new FolderInspector(InstalledFolder.open(path));
    }

    @Override
    public List<SignedDelta> deltas() throws IOException {
        return folder.deltas();
    }

    @Override
    public long deltaSequence() throws IOException {
        return folder.state().sequence();
    }

    @Override
    public List<String> verify() throws IOException {
        return folder.verify();
    }

    @Override
    public long count(Section section) throws IOException {
        return folder.count(section);
    }

    @Override
    public byte @Nullable [] find(Section section, String key) throws IOException {
        return folder.find(section, key);
    }

    @Override
    public void forEach(Section section, Visitor visitor) throws IOException {
        folder.forEach(section, visitor::record);
    }

    @Override
    public void close() throws IOException {
        folder.close();
    }
}
