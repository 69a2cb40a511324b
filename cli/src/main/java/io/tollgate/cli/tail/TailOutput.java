/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.tail;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.tollgate.cli.render.EntryText;
import io.tollgate.cli.render.Human;
import io.tollgate.cli.render.Paint;
import io.tollgate.cli.render.Paint.Style;
import io.tollgate.v1.DecisionLogEntry;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.Map;

/** Prints entries, and what is missing between them. Entries go to standard output; with JSON everything else to standard error. */
public final class TailOutput {
    private final JsonFormat.Printer json =
            JsonFormat.printer().omittingInsignificantWhitespace().sortingMapKeys();
    private final PrintWriter out;
    private final PrintWriter remarks;
    private final Paint paint;
    private final boolean isJson;
    /** The last number seen, by sidecar and boot. */
    private final Map<String, Long> sequences = new HashMap<>();

    private long count;
    private long read;
    private long missing;
    private long damaged;
    private long lostByReader;

    /** Human lines, or one JSON object per line. */
    public TailOutput(PrintWriter out, PrintWriter err, Paint paint, boolean isJson) {
        this.out = out;
        remarks = isJson ? err : out;
        this.paint = paint;
        this.isJson = isJson;
    }

    /** Prints an entry. */
    public void entry(DecisionLogEntry entry) {
        count++;
        if (isJson) {
            try {
                out.println(json.print(entry));
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException("a message without Any always prints", e);
            }
        } else {
            out.println(EntryText.line(entry, paint));
        }
        out.flush();
    }

    /** Looks at an entry's number: one that is missing before it is told. */
    public void gapBefore(DecisionLogEntry entry) {
        read++;
        final String run = entry.getSidecarId() + " " + entry.getBootId();
        final Long last = sequences.put(run, entry.getSequence());
        if (last != null && entry.getSequence() > last + 1) {
            final long gap = entry.getSequence() - last - 1;
            missing += gap;
            remark((gap == 1 ? "1 entry" : Human.number(gap) + " entries") + " lost: " + (last + 1)
                    + (gap == 1 ? "" : " to " + (entry.getSequence() - 1)) + " of sidecar " + entry.getSidecarId()
                    + ", boot " + entry.getBootId());
        }
    }

    /** Tells when more was lost because this reader was too slow. */
    public void lostByReader(long soFar) {
        if (soFar > lostByReader) {
            remark(Human.number(soFar - lostByReader) + " not shown: this reader was too slow");
            lostByReader = soFar;
            sequences.clear();
        }
    }

    /** A line that is no entry. */
    public void damaged(String where, String why) {
        damaged++;
        remark(where + " is no entry: " + why);
    }

    private void remark(String text) {
        remarks.println(paint.in(Style.BAD, "-- " + text));
        remarks.flush();
    }

    /** How many there were. */
    public void summary() {
        if (!isJson) {
            remarks.println(paint.in(
                    missing + damaged == 0 ? Style.DIM : Style.STRONG_BAD,
                    "-- " + Human.number(read) + " read, " + Human.number(count) + " shown, " + Human.number(missing)
                            + " missing" + (damaged == 0 ? "" : ", " + Human.number(damaged) + " damaged lines")));
            remarks.flush();
        }
    }

    /** Entries printed. */
    public long count() {
        return count;
    }

    /** Nothing was missing or damaged. */
    public boolean isWhole() {
        return missing + damaged == 0;
    }
}
