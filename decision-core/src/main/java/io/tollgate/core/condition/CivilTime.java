/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.condition;

/**
 * Calendar fields of a local time, in the proleptic Gregorian calendar. Days to dates: counting years from 1 March makes
 * the leap day the last
 * of its year, so that months follow from days by one division; eras of 400 years all have 146,097 days.
 */
final class CivilTime {
    private static final long MS_PER_SECOND = 1_000;
    private static final long MS_PER_MINUTE = 60 * MS_PER_SECOND;
    private static final long MS_PER_HOUR = 60 * MS_PER_MINUTE;
    private static final long MS_PER_DAY = 24 * MS_PER_HOUR;
    private static final long DAYS_PER_ERA = 146_097;
    private static final int YEARS_PER_ERA = 400;
    /** From 0000-03-01 to 1970-01-01. */
    private static final long EPOCH_DAY = 719_468;
    /** Days from 1 March to 1 January. */
    private static final int MARCH_TO_JANUARY = 306;
    /** 1 January 1970 was a Thursday; Sunday is 0. */
    private static final int EPOCH_WEEKDAY = 4;

    private static final int DAYS_PER_WEEK = 7;

    private CivilTime() {}

    /**
     * {@return a field, with CEL's origins}
     *
     * @param localMs milliseconds since 1970-01-01T00:00 of the local clock
     */
    static long field(final CalendarField field, final long localMs) {
        final long day = Math.floorDiv(localMs, MS_PER_DAY);
        final long ofDay = localMs - day * MS_PER_DAY;
        return switch (field) {
            case HOURS -> ofDay / MS_PER_HOUR;
            case MINUTES -> ofDay / MS_PER_MINUTE % 60;
            case SECONDS -> ofDay / MS_PER_SECOND % 60;
            case MILLISECONDS -> ofDay % MS_PER_SECOND;
            case DAY_OF_WEEK -> Math.floorMod(day + EPOCH_WEEKDAY, DAYS_PER_WEEK);
            default -> date(field, day);
        };
    }

    private static long date(final CalendarField field, final long epochDay) {
        final long day = epochDay + EPOCH_DAY;
        final long era = Math.floorDiv(day, DAYS_PER_ERA);
        final int dayOfEra = (int) (day - era * DAYS_PER_ERA);
        final int yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        final int dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        final int monthFromMarch = (5 * dayOfYear + 2) / 153;
        final boolean afterNewYear = monthFromMarch >= 10;
        final long year = era * YEARS_PER_ERA + yearOfEra + (afterNewYear ? 1 : 0);
        final int dayOfMonth = dayOfYear - (153 * monthFromMarch + 2) / 5;
        return switch (field) {
            case YEAR -> year;
            case MONTH -> afterNewYear ? monthFromMarch - 10 : monthFromMarch + 2;
            case DATE -> dayOfMonth + 1;
            case DAY_OF_MONTH -> dayOfMonth;
            default -> afterNewYear ? dayOfYear - MARCH_TO_JANUARY : dayOfYear + (isLeap(year) ? 60 : 59);
        };
    }

    private static boolean isLeap(final long year) {
        return year % 4 == 0 && (year % 100 != 0 || year % YEARS_PER_ERA == 0);
    }
}
