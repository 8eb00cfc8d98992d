import ArgumentParser
import EdgeConfiguration
import Foundation
import MQTT

/// The broker of the simulated devices: the one in the gateway's configuration, unless options override it.
struct BrokerAddress {
    var host: String
    var port: Int
    var user: String?
    var password: String?
    var tls: MQTTSettings.TLS?

    /// Combines configuration and options. Throws `CommandFailure` if the password file can't be read.
    init(configuration: EdgeConfiguration?, options: BrokerOptions) throws {
        let mqtt = configuration?.mqtt
        host = options.mqttHost ?? mqtt?.host ?? "127.0.0.1"
        port = options.mqttPort ?? mqtt?.port ?? 1883
        user = mqtt?.user
        password = try mqtt?.passwordFile.map(Self.password)
        tls = mqtt?.tls.map {
            MQTTSettings.TLS(
                authorityFile: $0.authorityFile, certificateFile: $0.certificateFile, keyFile: $0.keyFile)
        }
    }

    /// Returns settings without a persistent session: a device that was away has nothing to catch up with.
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

/// The options that override the configuration's broker.
struct BrokerOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The broker's host. Default: the configuration's, else 127.0.0.1.", valueName: "host"))
    var mqttHost: String?

    @Option(
        help: ArgumentHelp("The broker's port, 1…65535. Default: the configuration's, else 1883.", valueName: "port"))
    var mqttPort: Int?

    func validate() throws {
        if let mqttPort, !(1...65_535).contains(mqttPort) {
            throw ValidationError("--mqtt-port \(mqttPort) is out of range: 1…65535.")
        }
    }
}
