/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

/** The same trouble, every few seconds, is one line. Loader's thread. */
final class OnceLog {
    private String last = "";

    void warn(String trouble) {
        if (!trouble.equals(last)) {
            last = trouble;
            Loggers.LOADER.log(System.Logger.Level.WARNING, trouble);
        }
    }

    /** It is over; if it comes again, that is news. */
    void clear() {
        last = "";
    }
}
