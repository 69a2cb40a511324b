/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SnapshotVersionTest {
    @Test
    void shouldOrderByEpochThenVersionWithoutSign() {
        assertTrue(new SnapshotVersion(2, 1).isNewerThan(new SnapshotVersion(1, 900)));
        assertTrue(new SnapshotVersion(1, 2).isNewerThan(new SnapshotVersion(1, 1)));
        assertFalse(new SnapshotVersion(1, 1).isNewerThan(new SnapshotVersion(1, 1)));
        assertTrue(new SnapshotVersion(1, -1).isNewerThan(new SnapshotVersion(1, Long.MAX_VALUE)));
    }

    @Test
    void shouldBeNamedAsItsFolder() {
        assertEquals("3-18446744073709551615", new SnapshotVersion(3, -1).toString());
    }
}
