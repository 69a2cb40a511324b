/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.config;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Finds the known word that was probably meant. */
final class Nearest {
    private static final int WORTH_SAYING = 3;

    private Nearest() {}

    /** {@return the candidate with the least edits, null when none is near or when the last part alone matches none} */
    static @Nullable String of(final String word, final Collection<String> candidates) {
        String nearest = null;
        int least = WORTH_SAYING + 1;
        for (final String candidate : candidates) {
            final int edits = lastPart(candidate).equals(word) ? 1 : edits(word, candidate);
            if (edits < least || edits == least && nearest != null && candidate.compareTo(nearest) < 0) {
                least = edits;
                nearest = candidate;
            }
        }
        return least <= WORTH_SAYING ? nearest : null;
    }

    private static String lastPart(final String dotted) {
        return dotted.substring(dotted.lastIndexOf('.') + 1);
    }

    private static int edits(final String a, final String b) {
        int[] above = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            final int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                final int replaced = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, Math.min(above[j], row[j - 1]) + 1);
            }
            above = row;
        }
        return above[b.length()];
    }
}
