/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.source;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds what somebody probably meant. */
public final class Suggestions {
    private static final int LONGEST_COMPARED = 64;
    /** A large directory with many typing errors must not cost minutes. */
    private static final int MOST_COMPARED = 1_000;

    private Suggestions() {}

    /**
     * {@return the known word nearest to the written one, when it is near enough to be meant; ties go to the first in order}
     *
     * @param known not compared at all when there are thousands
     */
    public static Optional<String> nearest(String written, Collection<String> known) {
        if (written.isEmpty() || written.length() > LONGEST_COMPARED || known.size() > MOST_COMPARED) {
            return Optional.empty();
        }
        String lower = written.toLowerCase(Locale.ROOT);
        Optional<String> nearest = Optional.empty();
        int best = Integer.MAX_VALUE;
        for (String word : known) {
            int longer = Math.max(word.length(), written.length());
            int allowed = Math.min(best - 1, Math.max(1, longer * 2 / 5));
            if (Math.abs(word.length() - written.length()) <= allowed && word.length() <= LONGEST_COMPARED) {
                int distance = distance(lower, word.toLowerCase(Locale.ROOT));
                if (distance <= allowed) {
                    best = distance;
                    nearest = Optional.of(word);
                }
            }
        }
        return nearest;
    }

    /** {@return "did you mean 'x'?" when there is a near word, else what else to do} */
    public static String remedy(String written, Collection<String> known, String otherwise) {
        return nearest(written, known)
                .map(word -> "did you mean '" + word + "'?")
                .orElse(otherwise);
    }

    /** {@return the words as a sentence part, at most some of them: "a, b, c and 12 more"} */
    public static String list(Collection<String> words) {
        int shown = 12;
        StringBuilder text = new StringBuilder();
        int count = 0;
        for (String word : words) {
            if (count == shown) {
                return text + " and " + (words.size() - shown) + " more";
            }
            text.append(count++ == 0 ? "" : ", ").append(word);
        }
        return count == 0 ? "(there are none)" : text.toString();
    }

    /** Edits to turn a into b: insert, delete, replace, swap neighbours (optimal string alignment). */
    static int distance(String a, String b) {
        int[] beforePrevious = new int[b.length() + 1];
        int[] previous = new int[b.length() + 1];
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replace = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replace, 1 + Math.min(previous[j], row[j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    row[j] = Math.min(row[j], beforePrevious[j - 2] + 1);
                }
            }
            int[] free = beforePrevious;
            beforePrevious = previous;
            previous = row;
            row = free;
        }
        return previous[b.length()];
    }
}
