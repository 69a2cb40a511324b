/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.suite;

import java.io.Writer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** The form that CI systems read: one testsuite per file of tests/, one testcase per test. */
public final class JUnitXml {
    private static final double NS_PER_S = 1e9;

    private final XMLStreamWriter xml;

    private JUnitXml(XMLStreamWriter xml) {
        this.xml = xml;
    }

    /** Writes all runs. */
    public static void write(String bundle, List<TestRun> runs, Writer out) throws XMLStreamException {
        final XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(out);
        xml.writeStartDocument("UTF-8", "1.0");
        final JUnitXml writer = new JUnitXml(xml);
        writer.start("testsuites", bundle, runs);
        final Map<String, List<TestRun>> byFile = new LinkedHashMap<>();
        runs.forEach(run -> byFile.computeIfAbsent(run.test().at().file(), file -> new ArrayList<>())
                .add(run));
        for (Map.Entry<String, List<TestRun>> file : byFile.entrySet()) {
            writer.start("testsuite", file.getKey(), file.getValue());
            for (TestRun run : file.getValue()) {
                writer.testCase(run);
            }
            writer.end();
        }
        writer.end();
        xml.writeCharacters("\n");
        xml.writeEndDocument();
        xml.flush();
    }

    private void start(String element, String name, List<TestRun> runs) throws XMLStreamException {
        xml.writeCharacters("\n");
        xml.writeStartElement(element);
        attribute("name", name);
        attribute("tests", String.valueOf(runs.size()));
        attribute(
                "failures",
                String.valueOf(runs.stream().filter(run -> !run.passed()).count()));
        attribute("errors", "0");
        attribute("skipped", "0");
        attribute("time", seconds(runs.stream().mapToLong(TestRun::wallNs).sum()));
    }

    private void testCase(TestRun run) throws XMLStreamException {
        xml.writeCharacters("\n");
        xml.writeStartElement("testcase");
        attribute("name", run.test().name());
        attribute("classname", run.test().at().file());
        attribute("file", run.test().at().file());
        attribute("line", String.valueOf(run.test().at().line()));
        attribute("time", seconds(run.wallNs()));
        if (run.failure().isPresent()) {
            final TestRun.Failure failure = run.failure().get();
            xml.writeStartElement("failure");
            attribute("type", "difference");
            attribute("message", SuiteText.summary(failure));
            xml.writeCharacters(legal(SuiteText.differences(failure)));
            xml.writeEndElement();
        }
        xml.writeEndElement();
    }

    private void end() throws XMLStreamException {
        xml.writeCharacters("\n");
        xml.writeEndElement();
    }

    private void attribute(String name, String value) throws XMLStreamException {
        xml.writeAttribute(name, legal(value));
    }

    private static String seconds(long ns) {
        return String.format(Locale.ROOT, "%.3f", ns / NS_PER_S);
    }

    /** XML 1.0 has no way to write most control characters. */
    private static String legal(String text) {
        final StringBuilder legal = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> c == '\t' || c == '\n' || c == '\r' || c >= ' ' && !isSurrogateOrNone(c) ? c : '\uFFFD')
                .forEach(legal::appendCodePoint);
        return legal.toString();
    }

    private static boolean isSurrogateOrNone(int c) {
        return c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE || c == 0xFFFE || c == 0xFFFF;
    }
}
