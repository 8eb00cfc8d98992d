import ConfigurationFile

/// The configuration can't be used. The exit code is 78, as `sysexits.h` has it.
struct WrongConfiguration: Error {
    static let exitCode: Int32 = 78

    var problem: ConfigurationError
}
