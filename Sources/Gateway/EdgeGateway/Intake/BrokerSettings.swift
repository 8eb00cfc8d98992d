import Building
import ConfigurationFile
import EdgeConfiguration
import Foundation
import MQTT
import WireFormat

extension MQTTSettings {
    /// Creates the settings that all of the gateway's connections share.
    ///
    /// - Throws: `ConfigurationError` if the password's file can't be read.
    private init(_ configuration: EdgeConfiguration.MQTT, clientID: String) throws(ConfigurationError) {
        self.init(host: configuration.host, port: configuration.port, clientID: clientID)
        user = configuration.user
        if let file = configuration.passwordFile {
            guard let line = SecretFile.firstLine(of: file) else {
                throw ConfigurationError(
                    file: file, key: "mqtt.passwordFile", problem: "the file can't be read or is empty")
            }
            password = line
        }
        tls = configuration.tls.map {
            TLS(authorityFile: $0.authorityFile, certificateFile: $0.certificateFile, keyFile: $0.keyFile)
        }
    }

    /// Returns the settings of the connection that stores: all readings, at QoS 1, from a session that the broker keeps
    /// for a week.
    ///
    /// It uses QoS 1 also for messages published at QoS 2, on purpose: with QoS 2 the broker would forget a message
    /// before it is on disk here.
    static func intake(_ configuration: EdgeConfiguration) throws(ConfigurationError) -> MQTTSettings {
        var settings = try MQTTSettings(configuration.mqtt, clientID: configuration.mqtt.clientID)
        settings.sessionExpirySeconds = 7 * 86_400
        settings.largestPayload = ReadingDecoder.largestPayload
        settings.tracksAcknowledgements = true
        settings.subscriptions = [
            Subscription(filter: Topic.readingsFilter, qualityOfService: .atLeastOnce, wantsRetained: false)
        ]
        return settings
    }

    /// Returns the settings of the connection that heats: temperatures, presence and set-points in, valve levels out.
    /// It does not depend on the disk, and messages sent while it was away are of no use to it.
    static func control(
        _ configuration: EdgeConfiguration, will: MQTTMessage
    ) throws(ConfigurationError) -> MQTTSettings {
        var settings = try MQTTSettings(configuration.mqtt, clientID: configuration.mqtt.clientID + "-control")
        settings.will = will
        settings.largestPayload = ReadingDecoder.largestPayload
        // Everything that `BuildingClimate.observe` takes, and as little else as topic filters allow.
        let kinds = [
            Datapoint.temperature.name, DeviceClass.temperatureSensor.rawValue, Datapoint.presenceState.name,
            DeviceClass.lifeBeing.rawValue,
        ]
        for filter in kinds.map({ "/readings/+/\($0)" }) + ["/readings/\(Slug.building)/+"] {
            settings.subscriptions.append(
                Subscription(filter: filter, qualityOfService: .atMostOnce, wantsRetained: false))
        }
        settings.subscriptions.append(
            Subscription(filter: BrokerDrops.topic, qualityOfService: .atMostOnce, wantsRetained: true))
        settings.subscriptions.append(
            Subscription(filter: Topic.setpointsFilter, qualityOfService: .atLeastOnce, wantsRetained: true))
        settings.subscriptions += CommandDesk.echoes
        settings.subscriptions += HomeAssistantRooms.subscriptions(configuration)
        return settings
    }

    /// Returns the remedy for a broker that refuses the login.
    static func loginRemedy(_ configuration: EdgeConfiguration.MQTT) -> String {
        guard let user = configuration.user else {
            return "Set mqtt.user and mqtt.passwordFile: the broker does not allow anonymous logins."
        }
        let file = configuration.passwordFile.map { "in \($0) (mqtt.passwordFile)" } ?? "(mqtt.passwordFile is not set)"
        return "Does it know the user “\(user)” (mqtt.user) with the password \(file)?"
    }

    /// Returns the settings of a short connection that reads the retained status.
    static func visit(_ configuration: EdgeConfiguration) throws(ConfigurationError) -> MQTTSettings {
        let clientID = "\(configuration.mqtt.clientID)-status-\(getpid())"
        var settings = try MQTTSettings(configuration.mqtt, clientID: clientID)
        settings.subscriptions = [
            Subscription(
                filter: Topic.gatewayStatus(building: configuration.building.slug).path,
                qualityOfService: .atLeastOnce, wantsRetained: true)
        ]
        return settings
    }
}

/// A reader for secrets, which lie in files of their own so that they appear in no configuration, command line or log.
enum SecretFile {
    /// Returns the first line of a file; `nil` if the file can't be read or the line is empty.
    static func firstLine(of path: String) -> String? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        let line = text.prefix { !$0.isNewline }.trimmingCharacters(in: .whitespaces)
        return line.isEmpty ? nil : line
    }
}
