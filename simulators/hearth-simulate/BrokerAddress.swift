import EdgeConfiguration
import Foundation
import MQTT

/// How the simulated devices reach their broker: as the gateway's configuration says, unless options say otherwise.
struct BrokerAddress {
    var host: String
    var port: Int
    var user: String?
    var password: String?
    var tls: MQTTSettings.TLS?

    init(configuration: EdgeConfiguration?, host: String?, port: Int?) throws {
        let mqtt = configuration?.mqtt
        self.host = host ?? mqtt?.host ?? "127.0.0.1"
        self.port = port ?? mqtt?.port ?? 1883
        user = mqtt?.user
        password = try mqtt?.passwordFile.map(Self.password)
        tls = mqtt?.tls.map {
            MQTTSettings.TLS(
                authorityFile: $0.authorityFile, certificateFile: $0.certificateFile, keyFile: $0.keyFile)
        }
    }

    /// Of a client that wants no session kept: a device that was away has nothing to catch up with.
    func settings(clientID: String) -> MQTTSettings {
        var settings = MQTTSettings(host: host, port: port, clientID: clientID)
        settings.user = user
        settings.password = password
        settings.tls = tls
        return settings
    }

    private static func password(file: String) throws -> String {
        do {
            return try String(contentsOfFile: file, encoding: .utf8).trimmingCharacters(in: .newlines)
        } catch {
            throw CommandFailure(
                "The broker's password can't be read from \(file): \(CommandFailure.cause(of: error)). "
                    + "Check mqtt.passwordFile.")
        }
    }
}
