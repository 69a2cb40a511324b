/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.ratelimit;

import io.tollgate.cli.ratelimit.Finding.Level;
import io.tollgate.cli.render.Human;
import io.tollgate.cli.render.Page;
import io.tollgate.cli.render.Paint;
import io.tollgate.cli.render.Paint.Style;
import io.tollgate.cli.render.Table;
import io.tollgate.control.source.Position;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What became of a configuration, for who decides whether to move. */
public final class ReportText {
    private static final int MAX_PLACES = 6;

    private final Migration migration;
    private final Page page;

    private ReportText(final Migration migration, final Paint paint) {
        this.migration = migration;
        this.page = new Page(paint);
    }

    /** {@return what became of every limit, then what cannot be moved, what differs, and what has no meaning} */
    public static String limits(final Migration migration, final Paint paint) {
        final ReportText text = new ReportText(migration, paint);
        text.domains();
        return text.page.toString();
    }

    /** {@return the findings, those that say the same together} */
    public static String findings(final Migration migration, final Paint paint) {
        final ReportText text = new ReportText(migration, paint);
        text.section(Level.ERROR, "Mistakes: nothing was converted", Style.STRONG_BAD);
        text.section(Level.LOST, "Cannot be moved", Style.BAD);
        text.section(Level.DIFFERS, "Behaves differently", Style.CAREFUL);
        text.section(Level.NOTE, "Left out, changes no answer", Style.DIM);
        return text.page.toString();
    }

    private void domains() {
        migration.conversion().rules().forEach((domain, rules) -> {
            final Table table =
                    new Table().text("line").text("descriptor").text("limit").text("becomes");
            for (final Rule rule : rules) {
                if (rule.why().isEmpty() || rule.limit() != null) {
                    row(table, rule);
                }
            }
            final long stops =
                    rules.stream().filter(each -> each.why().equals(Rule.STOP)).count();
            page.heading("domain " + domain.name() + " (" + domain.at() + ")");
            page.table(table);
            if (stops > 0) {
                page.item(
                        Style.DIM,
                        "and " + Human.count(stops, "rule") + " that let through what a more specific line hides");
            }
        });
    }

    private static void row(final Table table, final Rule rule) {
        final Descriptor last = rule.leaf().last();
        table.row(false)
                .cell(last.at().line() + ":" + last.at().column())
                .cell(rule.leaf().toString());
        final Limit limit = rule.limit();
        if (limit == null) {
            table.cell("unlimited").cell("OK, not asked");
            return;
        }
        final long written = rule.leaf().terms().requests();
        table.cell(Human.number(limit.requests()) + (written == limit.requests() ? "" : " of " + Human.number(written))
                        + " per " + limit.unit().word())
                .cell((limit.rate() ? "rate" : limit.per()) + (limit.soft() ? ", soft" : "") + ", "
                        + (limit.each().isEmpty() ? "one counter" : "each " + limit.each()) + ": "
                        + limit.scope() + " " + limit.id());
    }

    private void section(final Level level, final String heading, final Style style) {
        final Map<String, List<Finding>> same = new LinkedHashMap<>();
        for (final Finding each : migration.findings()) {
            if (each.level() == level) {
                same.computeIfAbsent(each.message() + "\n" + each.remedy(), any -> new ArrayList<>())
                        .add(each);
            }
        }
        if (same.isEmpty()) {
            return;
        }
        page.heading(heading);
        for (final List<Finding> each : same.values()) {
            page.item(style, places(each) + ": " + each.get(0).message());
            page.item("    = " + each.get(0).remedy());
        }
    }

    /** "edge.yaml:3:5", "edge.yaml:3:5, 9:7 and 12 more" */
    private static String places(final List<Finding> findings) {
        final StringBuilder text = new StringBuilder();
        String file = "";
        int shown = 0;
        for (final Finding each : findings) {
            if (shown == MAX_PLACES) {
                return text + " and " + (findings.size() - shown) + " more";
            }
            final Position at = each.at();
            text.append(shown++ == 0 ? "" : ", ")
                    .append(at.file().equals(file) && at.line() > 0 ? at.line() + ":" + at.column() : at.toString());
            file = at.file();
        }
        return text.toString();
    }
}
