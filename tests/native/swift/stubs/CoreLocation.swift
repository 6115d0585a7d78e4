// Stands for the module `CoreLocation`: a position that tests set, and an answer to its question.
@_exported import Foundation
@_exported import ObjectiveC
import Phone

public struct CLLocationCoordinate2D: Sendable {
    public var latitude = 0.0
    public var longitude = 0.0
    public init(latitude: Double, longitude: Double) {
        self.latitude = latitude
        self.longitude = longitude
    }
}

@objc public enum CLAuthorizationStatus: Int32, Sendable {
    case notDetermined, restricted, denied, authorizedAlways, authorizedWhenInUse
}

@objc open class CLLocation: NSObject, @unchecked Sendable {
    public let coordinate: CLLocationCoordinate2D
    public let altitude: Double
    public let horizontalAccuracy: Double
    public let verticalAccuracy: Double
    public let course: Double
    public let speed: Double
    public let timestamp: Date

    public init(
        coordinate: CLLocationCoordinate2D, altitude: Double, horizontalAccuracy: Double, verticalAccuracy: Double,
        course: Double, speed: Double, timestamp: Date
    ) {
        self.coordinate = coordinate
        self.altitude = altitude
        self.horizontalAccuracy = horizontalAccuracy
        self.verticalAccuracy = verticalAccuracy
        self.course = course
        self.speed = speed
        self.timestamp = timestamp
    }
}

@objc public protocol CLLocationManagerDelegate: AnyObject {
    @objc optional func locationManager(_ manager: CLLocationManager, didUpdateLocations locations: [CLLocation])
    @objc optional func locationManager(_ manager: CLLocationManager, didFailWithError error: any Error)
    @objc optional func locationManagerDidChangeAuthorization(_ manager: CLLocationManager)
}

#if RECORDING
    extension CLLocationManagerDelegate {
        public func locationManager(_ manager: CLLocationManager, didUpdateLocations locations: [CLLocation]) {}
        public func locationManager(_ manager: CLLocationManager, didFailWithError error: any Error) {}
        public func locationManagerDidChangeAuthorization(_ manager: CLLocationManager) {}
    }
#endif

@objc open class CLLocationManager: NSObject {
    /// What the user has agreed to, what he answers when he is asked, and where the phone was last seen.
    nonisolated(unsafe) public static var status = CLAuthorizationStatus.notDetermined
    nonisolated(unsafe) public static var answer = CLAuthorizationStatus.authorizedWhenInUse
    nonisolated(unsafe) public static var lastSeen: CLLocation?
    /// The manager that waits for positions.
    nonisolated(unsafe) public static weak var monitoring: CLLocationManager?

    /// iOS tells a new delegate at once what is decided so far.
    open weak var delegate: (any CLLocationManagerDelegate)? { didSet { tell() } }
    open var location: CLLocation? { Self.lastSeen }
    open var authorizationStatus: CLAuthorizationStatus { Self.status }
    open func requestAlwaysAuthorization() { ask("always") }
    open func requestWhenInUseAuthorization() { ask("when in use") }
    open func startMonitoringSignificantLocationChanges() {
        Phone.note("monitors the position")
        Self.monitoring = self
    }
    open func stopMonitoringSignificantLocationChanges() { Self.monitoring = nil }

    private func ask(_ what: String) {
        Phone.note("asked for the position \(what)")
        Self.status = Self.answer
        tell()
    }

    /// Delegates hear on the main thread, where the manager was made.
    private func tell() {
        DispatchQueue.main.async { self.delegate?.locationManagerDidChangeAuthorization(self) }
    }
}
