/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.render;

import io.tollgate.cli.render.Paint.Style;
import java.util.ArrayList;
import java.util.List;

/**
 * Columns that line up: text to the left, numbers to the right, as wide as needed. A marked row begins with '>'.
 * Columns in which no row says anything are left out.
 */
public final class Table {
    private static final String GAP = "  ";
    private static final String NOTE_INDENT = "        ";

    private record Column(String title, boolean right) {}

    private record Cell(String text, Style style) {}

    private record Row(boolean marked, List<Cell> cells, List<String> notes) {}

    private final List<Column> columns = new ArrayList<>();
    private final List<Row> rows = new ArrayList<>();

    /** A column of text. */
    public Table text(String title) {
        columns.add(new Column(title, false));
        return this;
    }

    /** A column of numbers. */
    public Table number(String title) {
        columns.add(new Column(title, true));
        return this;
    }

    /** Starts a row; cells follow in the order of the columns, missing ones are empty. */
    public Table row(boolean marked) {
        rows.add(new Row(marked, new ArrayList<>(), new ArrayList<>()));
        return this;
    }

    public Table cell(String text) {
        return cell(Style.NONE, text);
    }

    public Table cell(Style style, String text) {
        final List<Cell> cells = rows.get(rows.size() - 1).cells();
        if (cells.size() == columns.size()) {
            throw new IllegalStateException("more cells than the " + columns.size() + " columns");
        }
        cells.add(new Cell(Paint.clean(text), style));
        return this;
    }

    /** A line of its own under the row, for what would make the table too wide; nothing if empty. */
    public Table note(String text) {
        if (!text.isEmpty()) {
            rows.get(rows.size() - 1).notes().add(text);
        }
        return this;
    }

    public boolean isEmpty() {
        return rows.isEmpty();
    }

    /** The lines, indented by two places that hold the mark; no trailing blanks. */
    public List<String> lines(Paint paint) {
        final int[] widths = new int[columns.size()];
        for (int c = 0; c < widths.length; c++) {
            widths[c] = width(c);
        }
        final List<String> lines = new ArrayList<>();
        final List<Cell> titles =
                columns.stream().map(c -> new Cell(c.title(), Style.DIM)).toList();
        if (columns.stream().anyMatch(c -> !c.title().isEmpty())) {
            lines.add(line(new Row(false, titles, List.of()), widths, paint));
        }
        for (Row row : rows) {
            lines.add(line(row, widths, paint));
            for (String note : row.notes()) {
                lines.add(NOTE_INDENT + paint.in(Style.DIM, note));
            }
        }
        return lines;
    }

    /** 0 = left out. */
    private int width(int column) {
        int width = 0;
        for (Row row : rows) {
            if (column < row.cells().size()) {
                width = Math.max(width, length(row.cells().get(column).text()));
            }
        }
        return width == 0 ? 0 : Math.max(width, length(columns.get(column).title()));
    }

    private String line(Row row, int[] widths, Paint paint) {
        final StringBuilder line = new StringBuilder(row.marked() ? "> " : GAP);
        int blanks = 0;
        for (int c = 0; c < widths.length; c++) {
            if (widths[c] == 0) {
                continue;
            }
            final Cell cell = c < row.cells().size() ? row.cells().get(c) : new Cell("", Style.NONE);
            final int padding = widths[c] - length(cell.text());
            final boolean right = columns.get(c).right();
            blanks += right ? padding : 0;
            if (!cell.text().isEmpty()) {
                line.append(" ".repeat(blanks)).append(paint.in(cell.style(), cell.text()));
                blanks = 0;
            }
            blanks += (right ? 0 : padding) + GAP.length();
        }
        return line.toString();
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}
