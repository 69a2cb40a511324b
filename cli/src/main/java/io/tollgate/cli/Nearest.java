/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import java.util.List;
import java.util.Locale;

/** What somebody probably meant. */
final class Nearest {
    private Nearest() {}

    /** The candidate with the fewest changes, at most a third of the word; else empty. */
    static String of(String word, List<String> candidates) {
        String nearest = "";
        int fewest = Math.max(1, word.length() / 3) + 1;
        for (String candidate : candidates) {
            final int changes = changes(fold(word), fold(candidate));
            if (changes < fewest) {
                fewest = changes;
                nearest = candidate;
            }
        }
        return nearest;
    }

    private static String fold(String word) {
        return word.toLowerCase(Locale.ROOT).replace("_", "");
    }

    /** Levenshtein's distance. */
    private static int changes(String a, String b) {
        int[] above = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            final int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                final int replaced = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, 1 + Math.min(above[j], row[j - 1]));
            }
            above = row;
        }
        return above[b.length()];
    }
}
