import Foundation

/// A conversion of charts to PNG, on machines with a converter.
enum Picture {
    private static let converters: [(program: String, arguments: @Sendable (String, String) -> [String])] = [
        (program: "/usr/bin/rsvg-convert", arguments: { (svg: String, png: String) in ["-o", png, svg] }),
        (program: "/usr/bin/magick", arguments: { (svg: String, png: String) in [svg, png] }),
        (program: "/usr/bin/convert", arguments: { (svg: String, png: String) in [svg, png] }),
    ]

    /// Converts a chart and returns the PNG's path; `nil` if there is no converter or it failed.
    static func png(of svg: String) -> String? {
        let name = svg.hasSuffix(".svg") ? String(svg.dropLast(4)) : svg
        let png = name + ".png"
        guard let converter = converters.first(where: { FileManager.default.isExecutableFile(atPath: $0.program) })
        else { return nil }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: converter.program)
        process.arguments = converter.arguments(svg, png)
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        process.waitUntilExit()
        return process.terminationStatus == 0 ? png : nil
    }
}
