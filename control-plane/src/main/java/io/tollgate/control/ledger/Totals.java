/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.ledger;

import java.math.BigInteger;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** What a transaction adds to the sums: collected, then written before its commit. Ledger's thread. */
final class Totals {
    private static final String ADD =
            """
            INSERT INTO usage_total (customer, feature, dimension, scope_path, day, amount_high, amount_low, event_count)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (customer, feature, dimension, scope_path, day) DO UPDATE SET
                amount_high = usage_total.amount_high + excluded.amount_high,
                amount_low = usage_total.amount_low + excluded.amount_low,
                event_count = usage_total.event_count + excluded.event_count
            """;

    private final Map<Key, long[]> sums = new HashMap<>();

    private record Key(String customer, String feature, String dimension, String scopePath, long day) {}

    void add(UsageEntry entry) {
        Key key = new Key(entry.customer(), entry.feature(), entry.dimension(), entry.scopePath(), entry.day());
        long[] sum = sums.computeIfAbsent(key, any -> new long[3]);
        sum[0] += entry.amount() / LedgerSchema.HIGH;
        sum[1] += entry.amount() % LedgerSchema.HIGH;
        sum[2]++;
    }

    void write(Connection connection) throws SQLException {
        if (sums.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(ADD)) {
            for (Map.Entry<Key, long[]> sum : sums.entrySet()) {
                Key key = sum.getKey();
                statement.setString(1, key.customer());
                statement.setString(2, key.feature());
                statement.setString(3, key.dimension());
                statement.setString(4, key.scopePath());
                statement.setLong(5, key.day());
                statement.setLong(6, sum.getValue()[0]);
                statement.setLong(7, sum.getValue()[1]);
                statement.setLong(8, sum.getValue()[2]);
                statement.executeUpdate();
            }
        }
        sums.clear();
    }

    /** {@return the sum that two columns hold} */
    static BigInteger sum(long high, long low) {
        return BigInteger.valueOf(high)
                .multiply(BigInteger.valueOf(LedgerSchema.HIGH))
                .add(BigInteger.valueOf(low));
    }
}
