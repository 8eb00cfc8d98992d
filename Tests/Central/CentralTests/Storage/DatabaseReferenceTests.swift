import DatabaseRig
import Foundation
import Rig
import Testing

@Suite(.withDatabaseServer) struct DatabaseReferenceTests {
    @Test func `shows the schema in the documentation as the migrations make it`() async throws {
        let result = try await ManagedProcess.run(
            Checkout.file("compose/database-reference"), ["--check"],
            environment: [
                "HEARTH_TEST_DATABASE_URL": TestDatabase.serverURL ?? "", "HEARTH_BIN": Executables.folder ?? "",
            ])
        #expect(result.status == 0, "\(result.output)")
    }
}
