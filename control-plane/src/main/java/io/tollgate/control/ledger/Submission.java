/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.ledger;

import io.tollgate.v1.UsageBatch;
import java.util.function.Consumer;

/**
 * A batch that waits for the writer.
 *
 * @param whenDone called once, on the ledger's thread; must not wait
 */
record Submission(UsageBatch batch, long bytes, Consumer<Receipt> whenDone) {}
