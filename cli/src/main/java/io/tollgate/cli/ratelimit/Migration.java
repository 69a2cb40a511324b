/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.ratelimit;

import io.tollgate.cli.ratelimit.Finding.Level;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A configuration of the reference rate-limit server as a bundle, and what is to be told of it. Immutable. */
public final class Migration {
    /** A file that was read. */
    public record Source(String name, String text) {}

    private final Choices choices;
    private final List<Finding> findings;
    private final boolean wrong;
    private final boolean lost;
    private final Conversion conversion;

    private Migration(final Choices choices, final Findings findings, final Conversion conversion) {
        this.choices = choices;
        this.findings = findings.sorted();
        this.wrong = findings.has(Level.ERROR);
        this.lost = findings.has(Level.LOST);
        this.conversion = conversion;
    }

    /**
     * Converts.
     *
     * @param files configurations, one domain each
     * @param values known values of keys, or null
     */
    public static Migration of(final List<Source> files, final @Nullable Source values, final Choices choices) {
        final Findings findings = new Findings();
        final ConfigReader reader = new ConfigReader(findings, choices.mergeDomains());
        files.forEach(each -> reader.read(each.name(), each.text()));
        final KnownValues known = new KnownValues(choices, findings);
        if (values != null) {
            known.read(values.name(), values.text());
        }
        // What is wrong would only be told a second time, in other words.
        final List<Domain> domains = findings.has(Level.ERROR) ? List.of() : reader.domains();
        return new Migration(choices, findings, new Converter(choices, known, findings).convert(domains));
    }

    /** {@return all that is to be told, the worst first} */
    public List<Finding> findings() {
        return findings;
    }

    /** {@return whether the input has mistakes} */
    public boolean wrong() {
        return wrong;
    }

    /** {@return whether something cannot be moved} */
    public boolean lost() {
        return lost;
    }

    /** {@return whether there is something to write: no mistakes, and all of it can be moved or is left out on purpose} */
    public boolean writable() {
        return !wrong && (!lost || choices.leaveOut()) && hasRules();
    }

    /** {@return whether there is anything to convert} */
    public boolean hasRules() {
        return conversion.rules().values().stream().anyMatch(each -> !each.isEmpty());
    }

    /** {@return the files of the bundle, by name relative to its folder} */
    public Map<String, String> bundle(final String id) {
        return new BundleText(conversion, id).files();
    }

    /** {@return the mapping of the sidecar} */
    public String mapping() {
        return new BundleText(conversion, "").mapping();
    }

    Conversion conversion() {
        return conversion;
    }
}
