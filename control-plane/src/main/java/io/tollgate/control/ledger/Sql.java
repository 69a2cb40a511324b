/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** A SELECT with the conditions that were given. What callers say is always a parameter, never text. */
final class Sql {
    private final StringBuilder text;
    private final List<Object> values = new ArrayList<>();
    private boolean hasCondition;

    Sql(String select) {
        text = new StringBuilder(select);
    }

    /** Empty = any. */
    void equal(String column, String value) {
        if (!value.isEmpty()) {
            and(column + " = ?", value);
        }
    }

    /** 0 = any. */
    void atLeast(String column, long value) {
        if (value != 0) {
            and(column + " >= ?", value);
        }
    }

    /** 0 = any. */
    void below(String column, long value) {
        if (value != 0) {
            and(column + " < ?", value);
        }
    }

    void and(String condition, Object... parameters) {
        text.append(hasCondition ? " AND " : " WHERE ").append(condition);
        hasCondition = true;
        values.addAll(List.of(parameters));
    }

    void end(String order, int limit) {
        text.append(order).append(" LIMIT ").append(limit);
    }

    Rows run(Connection connection) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(text.toString());
        try {
            for (int i = 0; i < values.size(); i++) {
                statement.setObject(i + 1, values.get(i));
            }
            return new Rows(statement, statement.executeQuery());
        } catch (SQLException e) {
            statement.close();
            throw e;
        }
    }

    /** What was found. */
    record Rows(PreparedStatement statement, ResultSet row) implements AutoCloseable {
        boolean next() throws SQLException {
            return row.next();
        }

        @Override
        public void close() throws SQLException {
            row.close();
            statement.close();
        }
    }
}
