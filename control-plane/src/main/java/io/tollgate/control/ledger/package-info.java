/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
/**
 * The usage ledger: takes what sidecars report, each record once, and answers what was used. An SQL database behind plain JDBC; the
 * statements are those that SQLite and PostgreSQL share, what differs is in {@link io.tollgate.control.ledger.LedgerDatabase}.
 *
 * <p>One thread, {@code tollgate-ledger}, writes; another, {@code tollgate-ledger-query}, reads. Callers wait for neither: they are called
 * back. Nothing is acknowledged before its transaction is durable. A ledger that cannot be trusted accepts nothing and says why; it is
 * never replaced by an empty one.
 */
@NullMarked
package io.tollgate.control.ledger;

import org.jspecify.annotations.NullMarked;
