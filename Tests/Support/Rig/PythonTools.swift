import Foundation
package import Testing

/// Tools from PyPI in an environment of the checkout's own, `.venv`, which `compose/python-tools` makes.
package enum PythonTools {
    package static func path(_ name: String) -> String { Checkout.file(".venv/bin/\(name)") }

    fileprivate static let areInstalled =
        FileManager.default.isExecutableFile(atPath: path("schemathesis"))
        && FileManager.default.isExecutableFile(atPath: path("openapi-spec-validator"))
}

extension Trait where Self == ConditionTrait {
    /// Runs only where the tools are; `make test` installs them.
    package static var withPythonTools: Self {
        .enabled(if: PythonTools.areInstalled, "Needs the tools that `compose/python-tools` installs.")
    }
}
