/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.source.Diagnostic;
import io.tollgate.control.source.Diagnostic.Severity;
import java.util.List;
import java.util.Optional;

/**
 * What a compilation came to.
 *
 * @param diagnostics all findings, by place
 * @param bundle present when there is no error
 */
public record CompileResult(List<Diagnostic> diagnostics, Optional<CompiledBundle> bundle) {

    /** {@return how many findings keep the bundle from being published} */
    public long errorCount() {
        return diagnostics.stream().filter(d -> d.severity() == Severity.ERROR).count();
    }

    /** {@return how many findings are only worth a look} */
    public long warningCount() {
        return diagnostics.size() - errorCount();
    }
}
