/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.cli.render.Paint.Style;
import io.tollgate.v1.DecisionLogEntry;
import io.tollgate.v1.Reason;
import io.tollgate.v1.ScopeLevel;
import io.tollgate.v1.SnapshotStatus;
import io.tollgate.v1.StatusResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

class RenderTest {
    @Test
    void shouldWriteNumbersForPeople() {
        assertEquals("1,200", Human.number(1200));
        assertEquals("-5", Human.number(-5));
        assertEquals("1 rule", Human.count(1, "rule"));
        assertEquals("0 rules", Human.count(0, "rule"));
        assertEquals("3.84 USD", Human.money(3_840_000, 6, "usd"));
        assertEquals("3.00 USD", Human.money(3_000_000, 6, "usd"));
        assertEquals("0.000001 USD", Human.money(1, 6, "usd"));
        assertEquals("-5 YEN", Human.money(-5, 0, "yen"));
        assertEquals("999 B", Human.bytes(999));
        assertEquals("1.2 MiB", Human.bytes(1_258_291));
        assertEquals("2026-12-01 00:00:00 UTC", Human.instant(1_796_083_200_000L));
    }

    @Test
    void shouldWriteDurationsForPeople() {
        assertEquals("850 ns", Human.duration(850));
        assertEquals("12 us", Human.duration(12_900));
        assertEquals("180 ms", Human.duration(180_000_000));
        assertEquals("3.2 s", Human.duration(3_290_000_000L));
        assertEquals("3 s", Human.duration(3_000_000_000L));
        assertEquals("3 min 12 s", Human.durationMs(192_000));
        assertEquals("5 h 3 min", Human.durationMs(18_180_000));
        assertEquals("9 d 4 h", Human.durationMs(792_000_000));
        assertEquals("1 d", Human.durationMs(86_400_000));
        assertEquals("-1 s", Human.durationMs(-1000));
        assertEquals("106,751 d 23 h", Human.durationMs(Long.MAX_VALUE));
    }

    @Test
    void shouldNameTheDoorOfAnEntry() {
        final DecisionLogEntry.Builder entry = DecisionLogEntry.newBuilder().setFace("rate_limit");
        assertTrue(EntryText.line(entry.build(), Paint.PLAIN).contains("  rate_limit"));
        entry.setBatchIndex(1).setBatchSize(3);
        assertTrue(EntryText.line(entry.build(), Paint.PLAIN).contains("  rate_limit batch 2/3"));
        assertTrue(EntryText.line(entry.setFace("batch").build(), Paint.PLAIN).contains("  batch 2/3"));
    }

    @Test
    void shouldRoundWaitingUp() {
        assertEquals("1 us", Human.waiting(1));
        assertEquals("181 ms", Human.waiting(180_000_001));
        assertEquals("3.3 s", Human.waiting(3_200_000_001L));
        assertEquals("3.2 s", Human.waiting(3_200_000_000L));
        assertEquals("1 min", Human.waiting(59_999_999_999L));
        assertEquals("106,751 d 23 h", Human.waiting(Long.MAX_VALUE));
    }

    @Test
    void shouldAlignColumnsAndLeaveOutEmptyOnes() {
        final Table table =
                new Table().text("name").number("count").text("never").text("last");
        table.row(false).cell("a").cell("1,200").cell("").cell("x");
        table.row(true).cell("longer").cell("7").cell("").cell("");

        assertEquals(
                List.of("  name    count  last", "  a       1,200  x", "> longer      7"), table.lines(Paint.PLAIN));
    }

    @Test
    void shouldAlignColouredColumnsAlike() {
        final Table table = new Table().text("").text("");
        table.row(false).cell(Style.BAD, "no").cell("b");
        table.row(false).cell("yes!").cell("b");

        assertEquals(List.of("  \u001b[31mno\u001b[0m    b", "  yes!  b"), table.lines(Paint.ANSI));
        assertThrows(IllegalStateException.class, () -> table.cell("c"));
    }

    @Test
    void shouldShowWhatATerminalWouldObey() {
        assertEquals("a\\u001b[31mb", Paint.PLAIN.in(Style.BAD, "a\u001b[31mb"));
        assertEquals("\u001b[31ma\\u000ab\u001b[0m", Paint.ANSI.in(Style.BAD, "a\nb"));
        assertEquals("\\u202eb", Paint.clean("\u202eb"));
        assertEquals("p\u00fcnktlich", Paint.clean("p\u00fcnktlich"));
    }

    @Test
    void shouldShowInRedThatNothingProvesWhoMadeTheSnapshot() {
        final String red = "\u001b[1;31m";
        final SnapshotStatus.Builder snapshot = SnapshotStatus.newBuilder().setPresent(true);
        assertTrue(signature(snapshot).contains(red + "UNSIGNED: "), signature(snapshot));
        snapshot.setSignatureVerified(true).setSignatureKeyId("ed25519-1");
        assertTrue(signature(snapshot).contains("\u001b[32mverified, key ed25519-1"), signature(snapshot));
        snapshot.setUnsignedAllowed(true);
        assertTrue(signature(snapshot).contains(red + "verified, key ed25519-1; but UNSIGNED"), signature(snapshot));
        snapshot.setDistrusted("signed by ed25519-1, which was removed");
        assertTrue(signature(snapshot).contains(red + "NO LONGER TRUSTED: signed by"), signature(snapshot));
    }

    private static String signature(SnapshotStatus.Builder snapshot) {
        return StatusText.of(StatusResponse.newBuilder().setSnapshot(snapshot).build(), Paint.ANSI)
                .lines()
                .filter(line -> line.contains("signature"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldSpeakTheWordsOfTheProduct() {
        assertEquals("QUOTA_EXHAUSTED", Words.of(Reason.REASON_QUOTA_EXHAUSTED));
        assertEquals("API_KEY", Words.of(ScopeLevel.SCOPE_LEVEL_API_KEY));
        assertEquals("?", Words.of(Reason.UNRECOGNIZED));
    }
}
