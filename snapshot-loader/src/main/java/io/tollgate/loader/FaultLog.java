/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import org.agrona.ErrorHandler;

/** Logs what the duty cycle did not expect; the same fault, cycle after cycle, is one line. Loader's thread. */
final class FaultLog implements ErrorHandler {
    private String last = "";

    @Override
    public void onError(Throwable fault) {
        String text = fault.toString();
        if (!text.equals(last)) {
            last = text;
            Loggers.LOADER.log(System.Logger.Level.ERROR, "unexpected fault in the loader; it goes on", fault);
        }
    }
}
