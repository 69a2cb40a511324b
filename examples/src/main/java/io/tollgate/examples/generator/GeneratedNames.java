/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.examples.generator;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Names by number. Of one level all have one length, so that their order as text is their order as numbers. */
public final class GeneratedNames {
    private static final int SERVICE_EVERY = 10;

    private GeneratedNames() {}

    /** {@return id of an organization: "o00042"} */
    public static String organization(final int organization) {
        return padded('o', 5, organization);
    }

    /** {@return id of a department: "d01", unique in its organization} */
    public static String department(final int department) {
        return padded('d', 2, department);
    }

    /** {@return id of a project: "p07", unique in its organization} */
    public static String project(final int project) {
        return padded('p', 2, project);
    }

    /** {@return registered type of a principal: one in ten is a service} */
    public static String actorType(final int principal) {
        return principal % SERVICE_EVERY == 0 ? "service" : "user";
    }

    /** {@return id of a principal: "a00001234"} */
    public static String principal(final int principal) {
        return padded('a', 8, principal);
    }

    /** {@return the secret API key of a principal; known to all, as all here is made up} */
    public static String apiKey(final int principal) {
        return padded('k', 8, principal) + "-not-a-secret";
    }

    /** {@return SHA-256 of {@link #apiKey}} */
    public static byte[] apiKeySha256(final int principal) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(apiKey(principal).getBytes(StandardCharsets.US_ASCII));
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    static String organizationPath(final int organization) {
        return "org:" + organization(organization);
    }

    static String departmentPath(final int organization, final int department) {
        return organizationPath(organization) + "/department:" + department(department);
    }

    static String projectPath(final int organization, final int project) {
        return organizationPath(organization) + "/project:" + project(project);
    }

    static String principalPath(final int organization, final int principal) {
        return organizationPath(organization) + '/' + actorType(principal) + ':' + principal(principal);
    }

    static String keyName(final int principal) {
        return padded('k', 8, principal);
    }

    static String keyPath(final int organization, final int principal) {
        return organizationPath(organization) + "/key:" + keyName(principal);
    }

    private static String padded(final char prefix, final int digits, final int number) {
        final char[] text = new char[digits + 1];
        text[0] = prefix;
        int rest = number;
        for (int i = digits; i > 0; i--) {
            text[i] = (char) ('0' + rest % 10);
            rest /= 10;
        }
        if (rest != 0) {
            throw new IllegalArgumentException(number + " has more than " + digits + " digits");
        }
        return new String(text);
    }
}
