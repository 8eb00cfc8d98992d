import Telemetry
import Testing

/// How figures are written in Prometheus's text format.
@Suite struct MetricsTextTests {
    @Test(arguments: [
        (0.0, "0"), (-1, "-1"), (0.5, "0.5"), (999_999_999_999_999, "999999999999999"), (1e15, "1000000000000000.0"),
        (-1e15, "-1000000000000000.0"), (1e300, "1e+300"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"),
    ])
    func `whole numbers are whole as far as they are exact, and no number ends the service`(
        value: Double, text: String
    ) {
        let written = MetricsText.write([MetricFamily(.gauge, "hearth_test", "A test.", [.init(value)])])
        #expect(String(decoding: written, as: UTF8.self).hasSuffix("\nhearth_test \(text)\n"))
    }

    @Test func `labels and helps hold any text on one line`() {
        let family = MetricFamily(
            .counter, "hearth_test", "A\nb\\ \"c\"", [.init(1, [(name: "muid", value: "a\"b\\c\nd")])])
        #expect(
            String(decoding: MetricsText.write([family]), as: UTF8.self)
                == "# HELP hearth_test A\\nb\\\\ \"c\"\n# TYPE hearth_test counter\n"
                + "hearth_test{muid=\"a\\\"b\\\\c\\nd\"} 1\n")
    }
}
