/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control;

import io.tollgate.control.compiler.CompileResult;
import io.tollgate.control.publish.BundleHead;
import io.tollgate.control.publish.Publication;
import java.nio.file.Path;

/**
 * Told of what happens to bundles. Called by the starting thread until {@link ControlPlane#start} returns, by the watcher's afterwards;
 * must be quick and throw nothing.
 */
public interface ControlPlaneListener {
    /** Does nothing. */
    ControlPlaneListener NONE = new ControlPlaneListener() {};

    /** Something new is published: a change that sidecars patch, or a version that they pull. */
    default void published(Path dir, Publication publication, CompileResult result) {}

    /** The sources were read again and say what is published already. */
    default void unchanged(Path dir, String bundle, BundleHead head, CompileResult result) {}

    /** The sources have errors; what was published stays. */
    default void refused(Path dir, CompileResult result) {}

    /** Something else went wrong: the directory cannot be read, the state not written. What was published stays. */
    default void failed(Path dir, String message) {}
}
