import DatabaseRig
import Rig
import Testing

/// Gives a suite one plant, and has the central service account for every reading when the suite is through.
struct PlantTrait: SuiteTrait, TestScoping {
    @TaskLocal static var current: Plant?

    var brokerSavesAtOnce = false

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await PrivateDatabase.withOne { database in
            let plant = try await Plant(on: database, brokerSavesAtOnce: brokerSavesAtOnce)
            try await PlantTrait.$current.withValue(plant) { try await function() }
            await plant.edge.terminate()
            let audit = try await plant.audit()
            #expect(audit.balances, "\(audit.text)")
            await plant.end()
        }
    }
}

extension Trait where Self == PlantTrait {
    static var plant: Self { PlantTrait() }
    /// One whose broker is as strict as mosquitto can be: it saves after each change.
    static var plantWithSavingBroker: Self { PlantTrait(brokerSavesAtOnce: true) }
}
