/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.source;

/** What the files of each folder look like. */
final class BundleShapes {
    private BundleShapes() {}

    static Shape.Fields of(Folder folder) {
        return switch (folder) {
            case ROOT -> RootShapes.FILE;
            case REGISTRY -> RegistryShapes.FILE;
            case DIRECTORY -> DirectoryShapes.FILE;
            case POLICIES -> PolicyShapes.FILE;
            case LIMITS -> LimitShapes.FILE;
            case CAPACITY -> LimitShapes.CAPACITY_FILE;
            case BILLING -> BillingShapes.FILE;
            case TESTS -> TestShapes.FILE;
        };
    }
}
