/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.examples.generator;

/**
 * How much to generate.
 *
 * @param principals how many principals there are; each owns one API key
 * @param seed       other seeds give other roles, states and draws, of the same shape
 * @param stamp      0 = none; else a number that shows in limits, rule ids and obligations, so that an answer tells from which data each
 *                   of its parts came
 */
public record GeneratedShape(int principals, long seed, long stamp) {
    /** Most principals: names have room for no more. */
    public static final int MAX_PRINCIPALS = 20_000_000;
    /** Departments of an organization. */
    public static final int DEPARTMENTS = 4;
    /** Projects of a department. */
    public static final int PROJECTS = 4;
    /** Projects of an organization. */
    public static final int PROJECTS_OF_ORGANIZATION = DEPARTMENTS * PROJECTS;
    /** Largest stamp: below the distance of two levels' limits. */
    public static final long MAX_STAMP = 1_000_000;

    private static final int PRINCIPALS_OF_ORGANIZATION = 5_000;

    /** Checks the numbers. */
    public GeneratedShape {
        if (principals < 1 || principals > MAX_PRINCIPALS) {
            throw new IllegalArgumentException("principals " + principals + ": must be from 1 to " + MAX_PRINCIPALS);
        }
        if (stamp < 0 || stamp > MAX_STAMP) {
            throw new IllegalArgumentException("stamp " + stamp + ": must be from 0 to " + MAX_STAMP);
        }
    }

    /** {@return a shape of this size, seed 1, without a stamp} */
    public static GeneratedShape of(final int principals) {
        return new GeneratedShape(principals, 1, 0);
    }

    /** {@return the same with a stamp} */
    public GeneratedShape stamped(final long newStamp) {
        return new GeneratedShape(principals, seed, newStamp);
    }

    /** {@return how many organizations} */
    public int organizations() {
        return Math.max(1, (principals + PRINCIPALS_OF_ORGANIZATION - 1) / PRINCIPALS_OF_ORGANIZATION);
    }

    /** {@return how many scopes of all levels} */
    public long scopes() {
        return 1L
                + Plans.COUNT
                + (long) organizations() * (1 + DEPARTMENTS + PROJECTS_OF_ORGANIZATION)
                + 2L * principals;
    }

    /** {@return organization of a principal} */
    int organizationOf(final int principal) {
        return principal / PRINCIPALS_OF_ORGANIZATION;
    }

    /** {@return project of a principal, within its organization} */
    int projectOf(final int principal) {
        return principal % PRINCIPALS_OF_ORGANIZATION % PROJECTS_OF_ORGANIZATION;
    }

    /** {@return department of a project, within the organization} */
    static int departmentOf(final int project) {
        return project / PROJECTS;
    }

    /** {@return first principal of an organization} */
    int firstPrincipal(final int organization) {
        return organization * PRINCIPALS_OF_ORGANIZATION;
    }

    /** {@return one past the last principal of an organization} */
    int endPrincipal(final int organization) {
        return Math.min(principals, firstPrincipal(organization) + PRINCIPALS_OF_ORGANIZATION);
    }
}
