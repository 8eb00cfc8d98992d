import RestAPI
import Testing

@Suite struct EnergyTariffTests {
    @Test func `is dear from Monday to Friday from seven until eight in the evening`() {
        let tariff = EnergyTariff()
        let peak = (0..<7).flatMap { day in
            (0..<24).compactMap { tariff.isPeak(dayOfWeek: day, hour: $0) ? "\(day) \($0)" : nil }
        }
        #expect(peak == (1...5).flatMap { day in (7...19).map { "\(day) \($0)" } })
    }
}
