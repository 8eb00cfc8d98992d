internal import JSON
internal import Logging

/// The tools of one caller. Other tools do not exist for that caller.
package struct ToolBox: Sendable {
    /// The limits of a call.
    package struct Limits: Sendable {
        /// The longest time for a call.
        package var time: Duration = .seconds(20)
        /// The largest size of arguments, in bytes; longer ones are refused unread.
        package var argumentBytes = 8 * 1024
        /// The largest size of a result, in bytes; a longer one would fill the model's context and is refused.
        package var resultBytes = 64 * 1024

        /// Creates the default limits.
        package init() {}
    }

    private let tools: [any Tool]
    private let limits: Limits
    private static let log = Logger(label: "hearth.concierge")

    /// Creates a box of tools with different names.
    package init(_ tools: [any Tool], limits: Limits = .init()) {
        precondition(
            Set(tools.map(\.definition.name)).count == tools.count, "two tools with one name in a tool box")
        self.tools = tools
        self.limits = limits
    }

    /// Returns the same tools for answering `message`: tools that change something respect the person's words, whatever
    /// the model makes of them.
    func answering(_ message: String) -> ToolBox { ToolBox(tools.map { $0.answering(message) }, limits: limits) }

    /// The definitions of all tools.
    package var definitions: [ToolDefinition] { tools.map(\.definition) }

    /// Runs a call: looks up the tool, checks the arguments and limits the time. It never throws, because the model
    /// gets the error as a result.
    ///
    /// - Parameter time: A time limit shorter than the box's.
    package func run(_ call: ToolCall, within time: Duration? = nil) async -> ToolOutcome {
        do {
            let (tool, arguments) = try checked(call)
            let result = try await withDeadline(min(limits.time, time ?? limits.time)) {
                try await tool.call(arguments)
            }
            guard result.content.bytes.count <= limits.resultBytes else {
                throw ToolError("The result is too large. Ask for a shorter time or a coarser resolution.")
            }
            return ToolOutcome(
                callID: call.id, name: call.name, isError: false, content: result.content, summary: result.summary,
                attachments: result.attachments)
        } catch let error as ToolError {
            return Self.failed(call, error.description)
        } catch is CancellationError {
            return Self.failed(call, "The call was cancelled.")
        } catch is DeadlineExceeded {
            Self.log.warning("a tool took too long", metadata: ["tool": "\(call.name)"])
            return Self.failed(call, "This took too long and was given up. Ask for less, or try again.")
        } catch {
            // Only operators see the cause, because it may name things the caller must not see.
            Self.log.error("a tool failed", metadata: ["tool": "\(call.name)", "error": "\(error)"])
            return Self.failed(call, "This does not work at the moment. Tell the guest so; trying again may help.")
        }
    }

    static func failed(_ call: ToolCall, _ message: String) -> ToolOutcome {
        ToolOutcome(
            callID: call.id, name: call.name, isError: true, content: ["error": .string(message)], summary: message)
    }

    func isReadOnly(_ name: String) -> Bool {
        tools.first { $0.definition.name == name }?.definition.isReadOnly ?? true
    }

    private func checked(_ call: ToolCall) throws(ToolError) -> (any Tool, JSON) {
        guard let tool = tools.first(where: { $0.definition.name == call.name }) else {
            let names = tools.map(\.definition.name).joined(separator: ", ")
            throw ToolError("There is no tool “\(call.name.prefix(64))”. Tools: \(names).")
        }
        guard call.arguments.utf8.count <= limits.argumentBytes else {
            throw ToolError("The arguments are longer than \(limits.argumentBytes) bytes.")
        }
        let arguments: JSON
        do {
            // Models often send nothing at all for a tool without arguments.
            arguments = call.arguments.allSatisfy(\.isWhitespace) ? [:] : try JSON(parsing: call.arguments)
        } catch {
            throw ToolError("The arguments are \(error.description). Send one JSON object.")
        }
        let violations = tool.definition.input.violations(in: arguments)
        guard violations.isEmpty else {
            throw ToolError("The arguments do not fit the tool's schema. " + violations.joined(separator: " "))
        }
        return (tool, arguments)
    }
}
