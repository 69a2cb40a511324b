/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.render;

import io.tollgate.cli.render.Paint.Style;
import java.util.ArrayList;
import java.util.List;

/** Lines of text under headings, in the order they are added. */
public final class Page {
    private static final int FACT_WIDTH = 10;

    private final Paint paint;
    private final List<String> lines = new ArrayList<>();

    public Page(Paint paint) {
        this.paint = paint;
    }

    /** A line as it is, in a style. */
    public Page line(Style style, String text) {
        lines.add(paint.in(style, text));
        return this;
    }

    /** An empty line and a heading. */
    public Page heading(String text) {
        lines.add("");
        lines.add(paint.in(Style.BOLD, text));
        return this;
    }

    /** An indented line. */
    public Page item(Style style, String text) {
        lines.add("  " + paint.in(style, text));
        return this;
    }

    public Page item(String text) {
        return item(Style.NONE, text);
    }

    /** An indented name with what it says; nothing if it says nothing. */
    public Page fact(String name, String text) {
        return fact(name, Style.NONE, text);
    }

    public Page fact(String name, Style style, String text) {
        if (!text.isEmpty()) {
            final String padded = name + " ".repeat(Math.max(0, FACT_WIDTH - name.length()));
            lines.add("  " + paint.in(Style.DIM, padded) + "  " + paint.in(style, text));
        }
        return this;
    }

    /** A table under a heading; nothing if it has no rows. */
    public Page table(String heading, Table table) {
        if (!table.isEmpty()) {
            heading(heading);
            lines.addAll(table.lines(paint));
        }
        return this;
    }

    public Page table(Table table) {
        lines.addAll(table.lines(paint));
        return this;
    }

    /** All lines, each ended. */
    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder();
        for (String line : lines) {
            text.append(line).append('\n');
        }
        return text.toString();
    }
}
