/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
/**
 * The file system behind a seam, so that tests can fill the disk and break a write where they like.
 *
 * <p>Stateless; used by the loader's thread and by offline inspection.
 */
@NullMarked
package io.tollgate.loader.storage;

import org.jspecify.annotations.NullMarked;
