/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.ledger;

import java.util.ArrayList;
import java.util.List;

/** What is odd about an accepted event, as bits. It is counted all the same: usage must not get lost because a name is not known. */
enum Remarks {
    NO_CUSTOMER(1, "no customer"),
    NO_DIMENSION_NAME(1 << 1, "no dimension name"),
    FROM_THE_FUTURE(1 << 2, "from the future"),
    UNKNOWN_DIMENSION(1 << 3, "unknown dimension"),
    UNKNOWN_CUSTOMER(1 << 4, "unknown customer");

    private final int bit;
    private final String text;

    Remarks(int bit, String text) {
        this.bit = bit;
        this.text = text;
    }

    int bit() {
        return bit;
    }

    static List<String> texts(int bits) {
        List<String> texts = new ArrayList<>();
        for (Remarks remark : values()) {
            if ((bits & remark.bit) != 0) {
                texts.add(remark.text);
            }
        }
        return texts;
    }
}
