/// Runs the calls of one turn: read-only ones concurrently, the others one after another in order.
struct ToolRunner {
    let box: ToolBox
    /// The number of calls after which further ones are refused.
    let most: Int

    /// Runs the calls.
    ///
    /// - Returns: The results in the order of the calls.
    func run(_ calls: [ToolCall], within time: Duration) async -> [ToolOutcome] {
        let box = box
        let allowed = calls.prefix(most).enumerated()
        let changes = allowed.filter { !box.isReadOnly($0.element.name) }
        var outcomes = calls.map {
            ToolBox.failed($0, "Too many calls: at most \(most) are allowed now. Answer with what you know.")
        }
        await withTaskGroup { group in
            for (index, call) in allowed where box.isReadOnly(call.name) {
                group.addTask { [(index, await box.run(call, within: time))] }
            }
            group.addTask {
                var results: [(Int, ToolOutcome)] = []
                for (index, call) in changes { results.append((index, await box.run(call, within: time))) }
                return results
            }
            for await results in group {
                for (index, outcome) in results { outcomes[index] = outcome }
            }
        }
        return outcomes
    }
}
