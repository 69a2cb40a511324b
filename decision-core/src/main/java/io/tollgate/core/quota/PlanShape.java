/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import java.util.Arrays;

/**
 * What a {@link TakePlan} is besides a list of entries: choices and parts. A plan without either is not {@link #shaped} and knows nothing
 * of this.
 *
 * <pre>
 *   entries   | a  b  (c  d  e)  f |  g  (h  i) |  | j ...
 *               part 0               part 1     part 2 (empty)
 *   group       0  0   1  1  1   0    0   2  2       0
 * </pre>
 *
 * Threading: one thread, that of the plan.
 */
final class PlanShape {
    /** Number of the choice that an entry belongs to; 0 = none. */
    final int[] group;

    /** Of an entry of a choice: another one of it is taken. */
    final boolean[] skipped;

    private final int[] partEnd;
    /** The first entry of the part that does not fit, or -1. */
    final int[] partDeniedAt;

    private final boolean[] partRefused;

    private boolean shaped;
    /** Some choice and another entry are about the same cell: then what fits may depend on what was chosen. */
    private boolean entangled;
    /** By the last read some choice is not its first entry. */
    boolean fellBack;

    private int groups;
    private int choiceStart = -1;
    private int parts = 1;

    PlanShape(int capacity, int maxParts) {
        group = new int[capacity];
        skipped = new boolean[capacity];
        partEnd = new int[maxParts];
        partDeniedAt = new int[maxParts];
        partRefused = new boolean[maxParts];
    }

    /** Forgets what a plan of a size was. */
    void reset(int size) {
        if (shaped) {
            Arrays.fill(group, 0, size, 0);
            Arrays.fill(skipped, 0, size, false);
            Arrays.fill(partRefused, 0, parts, false);
            shaped = false;
        }
        entangled = false;
        fellBack = false;
        groups = 0;
        choiceStart = -1;
        parts = 1;
        partDeniedAt[0] = -1;
    }

    boolean shaped() {
        return shaped;
    }

    boolean entangled() {
        return entangled;
    }

    void beginChoice(int size) {
        choiceStart = size;
    }

    /** A choice of one is none. */
    void endChoice(int size, int[] sameCell) {
        if (choiceStart >= 0 && size - choiceStart > 1) {
            shaped = true;
            groups++;
            for (int entry = choiceStart; entry < size; entry++) {
                group[entry] = groups;
                entangled |= sameCell[entry] >= 0;
            }
        }
        choiceStart = -1;
    }

    /** Needs to know every entry of a shaped plan. */
    void added(int same) {
        entangled |= same >= 0 && group[same] != 0;
    }

    boolean nextPart(int size) {
        if (parts == partEnd.length) {
            return false;
        }
        shaped = true;
        partEnd[parts - 1] = size;
        partDeniedAt[parts] = -1;
        parts++;
        return true;
    }

    void refusePart() {
        shaped = true;
        partRefused[parts - 1] = true;
    }

    boolean refused(int part) {
        return partRefused[part];
    }

    int parts() {
        return parts;
    }

    int partStart(int part) {
        return part == 0 ? 0 : partEnd[part - 1];
    }

    int partEnd(int part, int size) {
        return part == parts - 1 ? size : partEnd[part];
    }

    /** Where the choice of an entry ends, exclusive; of an entry without one, behind it. */
    int choiceEnd(int entry, int size) {
        int number = group[entry];
        int end = entry + 1;
        while (number != 0 && end < size && group[end] == number) {
            end++;
        }
        return end;
    }
}
