import DatabaseRig
import Testing

/// Gives a suite one plant, and prints the table of what came of each fault when the suite is through.
struct PlantTrait: SuiteTrait, TestScoping {
    @TaskLocal static var current: (plant: Plant, table: ChaosTable)?

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await PrivateDatabase.withOne { database in
            let plant = try await Plant(on: database)
            let table = ChaosTable()
            try await PlantTrait.$current.withValue((plant, table)) { try await function() }
            await plant.end()
            print(table.text)
        }
    }
}

extension Trait where Self == PlantTrait {
    static var plant: Self { PlantTrait() }
}
