/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */

/**
 * What is counted on the way of a request, and the page that shows it. Counters have one writer, their event loop;
 * scrapers read them without disturbing it. The page is made on the HTTP listener's threads.
 */
@NullMarked
package io.tollgate.server.metrics;

import org.jspecify.annotations.NullMarked;
