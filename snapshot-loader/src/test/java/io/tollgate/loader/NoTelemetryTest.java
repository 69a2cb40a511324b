/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.File;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Chronicle would phone home: its jar must not be here, and the switch must be off as well. */
class NoTelemetryTest {
    @Test
    void shouldHaveNoAnalyticsOnTheClassPath() {
        assertThrows(ClassNotFoundException.class, () -> Class.forName("net.openhft.chronicle.analytics.Analytics"));
        assertNull(getClass().getClassLoader().getResource("net/openhft/chronicle/analytics/Analytics.class"));
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            String jar = new File(entry).getName().toLowerCase(Locale.ROOT);
            assertFalse(jar.contains("analytics"), jar);
        }
    }

    @Test
    void shouldRunWithTheSwitchOff() {
        assertEquals("true", System.getProperty("chronicle.analytics.disable"));
    }
}
