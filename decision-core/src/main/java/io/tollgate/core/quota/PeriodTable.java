/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import io.tollgate.core.symbol.Utf8Hash;
import io.tollgate.core.world.def.Period;
import io.tollgate.core.world.def.WindowDef;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * The periods around now of all distinct windows of a world, in one flat array: read on the decision path, replaced
 * by the loader thread when {@link #needsRefresh} says so.
 *
 * <pre>
 *   row of window w = 8 longs from index 8 * w:
 *     0: ordinal of the first period | 1: its start, ms | 2: its end = start of the second | ... | 7: end of the sixth
 * </pre>
 *
 * The second period contained now when the table was built; so a clock that steps back a little is still inside.
 *
 * <p>Threading: immutable; publish it safely. Reads do not allocate.
 */
public final class PeriodTable {
    /** {@link #locate}: this table does not reach the instant; fail closed. */
    public static final int OUTSIDE = -1;

    private static final int STRIDE = 8;

    /** No windows: everything is {@link #OUTSIDE}. */
    public static final PeriodTable EMPTY = new PeriodTable(List.of(), new long[0], new long[0]);

    private static final int PERIODS = STRIDE - 2;
    /** The period after the now of the build has index 2; when that index reaches this, build anew. */
    private static final int REFRESH_PERIOD = 4;

    /** All of a row of a window that has no periods: no instant lies before such an end. */
    private static final long NO_PERIODS = Long.MIN_VALUE;

    private final List<WindowDef> windows;
    private final long[] keys;
    private final long[] rows;
    private final long refreshFromMs;
    private final long refreshBeforeMs;

    private PeriodTable(List<WindowDef> windows, long[] keys, long[] rows) {
        this.windows = windows;
        this.keys = keys;
        this.rows = rows;
        long from = Long.MAX_VALUE;
        long before = Long.MIN_VALUE;
        for (int base = 0; base < rows.length; base += STRIDE) {
            if (rows[base + STRIDE - 1] != NO_PERIODS) {
                from = Math.min(from, rows[base + 1 + REFRESH_PERIOD]);
                before = Math.max(before, rows[base + 1]);
            }
        }
        this.refreshFromMs = from;
        this.refreshBeforeMs = before;
    }

    /**
     * Computes the periods around an instant.
     *
     * @param windows the index in this list is the window's id; windows of rates are kept but contain no instant
     * @param epochMs now, milliseconds since 1970
     * @throws IllegalArgumentException when a window is wrong or the clock is outside of 1970 to 2200
     */
    public static PeriodTable build(List<WindowDef> windows, long epochMs) {
        List<WindowDef> copy = List.copyOf(windows);
        long[] rows = new long[Math.multiplyExact(copy.size(), STRIDE)];
        for (int w = 0; w < copy.size(); w++) {
            fill(rows, w * STRIDE, copy.get(w), epochMs);
        }
        return new PeriodTable(copy, keys(copy), rows);
    }

    /** A table of the same windows for another now; computes only the rows whose current period changed. */
    public PeriodTable refreshed(long epochMs) {
        long[] fresh = rows.clone();
        for (int w = 0; w < windows.size(); w++) {
            int base = w * STRIDE;
            if (epochMs < rows[base + 2] || epochMs >= rows[base + 3]) {
                fill(fresh, base, windows.get(w), epochMs);
            }
        }
        return new PeriodTable(windows, keys, fresh);
    }

    private static void fill(long[] rows, int base, WindowDef definition, long epochMs) {
        if (!PeriodWindow.isPeriod(definition)) {
            Arrays.fill(rows, base, base + STRIDE, NO_PERIODS);
            return;
        }
        PeriodWindow window = PeriodWindow.of(definition);
        long current = PeriodCalendar.ordinalAt(window, epochMs);
        if (window.period() == Period.NEVER) {
            rows[base] = current - 1;
            rows[base + 1] = Long.MIN_VALUE;
            rows[base + 2] = Long.MIN_VALUE;
            Arrays.fill(rows, base + 3, base + STRIDE, Long.MAX_VALUE);
            return;
        }
        rows[base] = current - 1;
        for (int i = 0; i <= PERIODS; i++) {
            rows[base + 1 + i] = PeriodCalendar.startMs(window, current - 1 + i);
        }
    }

    private static long[] keys(List<WindowDef> windows) {
        long[] keys = new long[windows.size()];
        for (int w = 0; w < keys.length; w++) {
            if (PeriodWindow.isPeriod(windows.get(w))) {
                byte[] text = PeriodWindow.of(windows.get(w)).text().getBytes(StandardCharsets.UTF_8);
                keys[w] = Utf8Hash.of(text, 0, text.length) | 1;
            }
        }
        return keys;
    }

    /**
     * A number that a window keeps from world to world, for who has to know it again; 0 for windows of rates and unknown ones.
     */
    public long key(int windowId) {
        return windowId < 0 || windowId >= keys.length ? 0 : keys[windowId];
    }

    /**
     * The ordinal of the period of a window that contains an instant.
     *
     * @param key of {@link #key}
     * @return 0 when this world has no such window, or its table does not reach the instant
     */
    public long ordinalOf(long key, long epochMs) {
        for (int w = 0; key != 0 && w < keys.length; w++) {
            if (keys[w] == key) {
                int place = locate(w, epochMs);
                return place == OUTSIDE ? 0 : ordinal(place);
            }
        }
        return 0;
    }

    /** How many windows this table has; their ids are 0 to this, exclusive. */
    public int size() {
        return windows.size();
    }

    /** The definition of a window, for diagnostics. */
    public WindowDef window(int windowId) {
        return windows.get(windowId);
    }

    /**
     * Finds the period of a window that contains an instant.
     *
     * @param windowId an unknown one is {@link #OUTSIDE}
     * @param epochMs milliseconds since 1970
     * @return a place for {@link #ordinal}, {@link #startMs} and {@link #endMs}, or {@link #OUTSIDE}
     */
    public int locate(int windowId, long epochMs) {
        if (windowId < 0 || windowId >= rows.length / STRIDE) {
            return OUTSIDE;
        }
        int base = windowId * STRIDE;
        if (epochMs < rows[base + 1]) {
            return OUTSIDE;
        }
        for (int place = base + 1; place <= base + PERIODS; place++) {
            if (epochMs < rows[place + 1]) {
                return place;
            }
        }
        return OUTSIDE;
    }

    /** Ordinal of a located period. */
    public long ordinal(int place) {
        int base = place & -STRIDE;
        return rows[base] + (place - base - 1);
    }

    /** Start of a located period, milliseconds since 1970; {@code Long.MIN_VALUE} for NEVER. */
    public long startMs(int place) {
        return rows[place];
    }

    /** End of a located period, milliseconds since 1970; {@code Long.MAX_VALUE} for NEVER. */
    public long endMs(int place) {
        return rows[place + 1];
    }

    /**
     * Whether some window has come within two periods of the end of this table (or before its begin), so that the
     * loader thread has to build the next one.
     */
    public boolean needsRefresh(long epochMs) {
        return epochMs >= refreshFromMs || epochMs < refreshBeforeMs;
    }
}
