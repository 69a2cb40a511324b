/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.condition;

import static io.tollgate.control.condition.Issue.Kind.EXPRESSION;
import static io.tollgate.control.condition.Issue.Kind.TOO_LARGE;
import static io.tollgate.control.condition.Issue.Kind.UNKNOWN_NAME;

import io.tollgate.control.condition.ConditionCompilerTest.Mistake;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Mistakes; a mark is before the character where each is reported. */
final class ConditionMistakes {
    private ConditionMistakes() {}

    private static Mistake wrong(String source, String message, String remedy) {
        return new Mistake(source, EXPRESSION, message, remedy);
    }

    private static Mistake unknown(String source, String message, String remedy) {
        return new Mistake(source, UNKNOWN_NAME, message, remedy);
    }

    static final List<Mistake> ALL = List.of(
            // form
            wrong("actor.level «= 3", "'=' is not known here", "write =="),
            wrong("place.regulated «& true", "'&' is not known here", "write &&"),
            wrong("place.regulated «and true", "'and' cannot stand here", "write &&"),
            wrong("actor.level >«", "ends too early", "missing at its end"),
            wrong("actor.level > 1\n  && «)", "')' cannot stand here", ""),
            wrong("resource.region == «'eu", "does not end", "close it"),
            wrong("actor.level == «9223372036854775808", "beyond 64 bits", ""),
            // names
            unknown("«actr.level > 1", "unknown name 'actr'", "did you mean 'actor'?"),
            unknown("resource.region == «eu", "unknown name 'eu'", "texts go in quotes: 'eu'"),
            unknown("«actor.levle > 1", "'actor.levle'", "did you mean 'actor.level'?"),
            unknown("«actor.x.y == 1", "'actor.x'", "known are actor.cost-center"),
            unknown("«request.team.lead == 'x'", "'request.team'", "write request.`team.lead`"),
            unknown("«usage['gpu.concurent'] > 1", "dimension 'gpu.concurent'", "did you mean 'gpu.concurrent'?"),
            unknown("«request.amount['gpu'] > 1", "unit 'gpu'", "known are"),
            unknown("«config['term'].size > 1", "feature 'term'", "did you mean 'terms'?"),
            unknown("«config['terms'].sise > 1", "config value 'sise'", "did you mean 'size'?"),
            unknown(
                    "time.now.getHours(«'Europe/Berln') > 1",
                    "time zone 'Europe/Berln'",
                    "did you mean 'Europe/Berlin'?"),
            unknown("«actor.lvl > 1 && «resource.regn == 'x' || size(«usge) > 1", "actor.lvl", "actor.level"),
            wrong("«actor == 'ana'", "'actor' is no value", "actor.id"),
            wrong("«actor['level'] > 1", "has fields, no keys", "write actor.level"),
            wrong("«actor.level.x > 1", "nothing below it", "write actor.level"),
            wrong("«usage > 1", "a number for each dimension", "write usage['"),
            wrong("«request.amount > 1", "a number for each unit", "write request.amount['"),
            wrong("«config['terms'] == 'x'", "a feature and a key", "config['FEATURE'].KEY"),
            wrong("«config['sso'].x == 1", "a boolean feature", "type config"),
            wrong("«config['terms'].mixed == 1", "an int at a:1:2 and a string at b:1:2", "one type"),
            wrong("«usage[resource.region] > 1", "must be a literal", "usage['...']"),
            // types
            wrong("«actor.level", "this is an int", "compare it"),
            wrong("«resource.tags", "a list is no value", "exists"),
            wrong("actor.score «> 3", "'>' cannot take a double and an int", "write 3.0"),
            wrong("actor.score «> actor.level", "a double and an int", "double(...)"),
            wrong("actor.level «== '3'", "an int and a string", "leave out the quotes"),
            wrong("time.now «> '2027-01-01'", "a timestamp and a string", "timestamp('2027"),
            wrong("time.now - place.since «> 3", "a duration and an int", "duration('90s')"),
            wrong("time.now «> 3", "a timestamp and an int", ".getHours()"),
            wrong("resource.region «+ 'x' == 'ax'", "a string and a string", "texts are not joined"),
            wrong("«actor.level && «resource.region", "'&&' needs true or false, this is an int", ""),
            wrong("!«actor.level", "'!' needs true or false", ""),
            wrong("«-resource.region == 'a'", "'-' needs a number", ""),
            wrong("(place.regulated «? 1 : 2.0) == 1", "chooses between an int and a double", "write 1.0"),
            wrong("(«actor.level ? 1 : 2) == 1", "before '?'", ""),
            wrong("«resource.tags == «['a']", "a list is no value", "exists"),
            wrong("actor.level in [1, «'2']", "searched for an int, this is a string", "leave out the quotes"),
            wrong("actor.level in [1, «request.size]", "literals only", "write x =="),
            wrong("«place.regulated in [true]", "a bool is compared", "alone"),
            wrong("«actor.level in actor.roles", "holds strings", ""),
            wrong("'a' in «resource.region", "this is a string", "contains"),
            wrong("'a' in «actor.level", "this is an int", ""),
            wrong("int(«resource.region) == 1", "converts numbers", "declare the attribute as int"),
            wrong("size(«actor.level) == 1", "a list or a text", ""),
            wrong("«actor.roles.startsWith('a')", "needs texts", "list.exists(x, x.startsWith"),
            // what the subset lacks
            wrong("resource.region.matches«('e.*')", "no function 'matches'", "startsWith"),
            wrong("«3u > «1u", "unsigned", "write 3"),
            wrong("resource.region == «b'x'", "bytes", "without the b"),
            wrong("actor.level == «null", "nothing is null", "has(...)"),
            wrong("«{'a': 1} == «{'a': 1}", "maps and messages", "literals"),
            wrong("«[1] == «[1]", "a list can only stand", ""),
            wrong("«actor.roles[0] == 'a'", "cannot be taken out", "exists"),
            wrong("resource.region.contains(«resource.model)", "a literal only", "in quotes"),
            wrong("timestamp(«resource.region) > time.now", "needs a literal", "declare the attribute as timestamp"),
            wrong("timestamp(«'2027-01-01') > time.now", "is no timestamp", "2027-01-31T12:00:00Z"),
            wrong("timestamp(«'2027-02-30T00:00:00Z') > time.now", "is no timestamp", ""),
            wrong("timestamp(«'2027-02-20T00:00:00.0001Z') > time.now", "is no timestamp", "millisecond"),
            wrong("time.now - place.since > duration(«'1 day')", "is no duration", "duration('1h30m')"),
            wrong("time.now - place.since > duration(«'1us')", "is no duration", "milliseconds"),
            wrong(
                    "(«time.now - place.since).getHours() > 1",
                    "needs a timestamp, this is a duration",
                    "duration('1h')"),
            wrong("«time.now.getHours(resource.region) > 1", "time zone must be a literal", "Europe/Berlin"),
            wrong("«has(actor) && true", "has needs a name with a dot", ""),
            wrong("«has(usage['gpu.concurrent'])", "has needs a name with a dot", "write 'gpu.concurrent' in usage"),
            wrong("«has(request.amount.token)", "always there", "> 0"),
            wrong("«'token' in request.amount", "always there", "> 0"),
            wrong("«'terms' in config", "bought", "gate the action"),
            wrong("«resource.region in usage", "a key must be a literal", ""),
            wrong("actor.roles.exists(x, «resource.tags.exists(y, y == x))", "inside of one another", ""),
            wrong("actor.roles.exists(«actor, true)", "has a meaning already", "another name"),
            wrong("actor.roles.exists(x, «x.y == 'a')", "has nothing below it", ""),
            wrong("actor.roles.exists(x, «x)", "asks a condition", ""),
            wrong("«actor.roles.exists(x)", "needs a name and a condition", "exists(x, x =="),
            wrong("«actor.level.exists(x, x == 'a')", "no list", "actor.roles"),
            wrong("[«1].exists(x, x == 'a')", "text literals", ""),
            wrong("«size(actor.roles, 1) == 1", "not called like this", ""),
            wrong("«startsWith(resource.region, 'a')", "not called like this", "text.startsWith"),
            // limits
            new Mistake(
                    "«resource.region in ["
                            + IntStream.range(0, 257)
                                    .mapToObj(i -> "'" + i + "'")
                                    .collect(Collectors.joining(","))
                            + "]",
                    TOO_LARGE,
                    "257 elements of a list, at most 256",
                    "split"),
            new Mistake(
                    "«"
                            + IntStream.range(0, 2)
                                    .mapToObj(i -> "resource.tags.exists(x, x.contains('a" + i + "'))")
                                    .collect(Collectors.joining(" || ")),
                    TOO_LARGE,
                    "steps, at most 20000",
                    "split"));
}
