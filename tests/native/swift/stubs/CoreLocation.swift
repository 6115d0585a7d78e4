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
    /// Whether iOS has asked before whether "while using" may become "always": it never asks twice.
    nonisolated(unsafe) public static var hasAskedForMore = false
    /// Whether the app is on the screen: iOS shows no question over another one.
    nonisolated(unsafe) public static var isOnScreen = true
    /// Whether the device has what significant changes take.
    nonisolated(unsafe) public static var hasSignificantChanges = true
    open class func significantLocationChangeMonitoringAvailable() -> Bool { hasSignificantChanges }
    /// The manager that waits for positions.
    nonisolated(unsafe) public static weak var monitoring: CLLocationManager?

    /// iOS tells a new delegate at once what is decided so far.
    open weak var delegate: (any CLLocationManagerDelegate)? { didSet { tell() } }
    open var location: CLLocation? { Self.lastSeen }
    open var authorizationStatus: CLAuthorizationStatus { Self.status }
    open func requestAlwaysAuthorization() {
        guard Self.status == .authorizedWhenInUse else { return ask("always", usage: ["WhenInUse", "AlwaysAndWhenInUse"]) }
        if Self.hasAskedForMore || !Self.isOnScreen { return }
        Self.hasAskedForMore = true
        ask("always", usage: ["WhenInUse", "AlwaysAndWhenInUse"], again: true)
    }
    open func requestWhenInUseAuthorization() { ask("when in use", usage: ["WhenInUse"]) }
    open func startMonitoringSignificantLocationChanges() {
        Phone.note("monitors the position")
        Self.monitoring = self
    }
    open func stopMonitoringSignificantLocationChanges() {
        Phone.note("stops to monitor the position")
        Self.monitoring = nil
    }

    /// Without a usage text, and when all is decided, iOS does not ask and calls nobody; nor does it call anybody when
    /// the answer changes nothing. The question lies over the app, which is inactive meanwhile.
    private func ask(_ what: String, usage: [String], again: Bool = false) {
        for key in usage where Bundle.main.object(forInfoDictionaryKey: "NSLocation\(key)UsageDescription") == nil {
            return
        }
        guard Self.isOnScreen, again || Self.status == .notDetermined else { return }
        Phone.note("asked for the position \(what)")
        NotificationCenter.default.post(name: NSNotification.Name("willResignActive"), object: nil)
        DispatchQueue.main.asyncAfter(deadline: .now() + 0.05) {
            let before = Self.status
            Self.status = Self.answer
            if Self.status != before { self.tell() }
            NotificationCenter.default.post(name: NSNotification.Name("didBecomeActive"), object: nil)
        }
    }

    /// Delegates hear on the main thread, where the manager was made.
    private func tell() {
        DispatchQueue.main.async { self.delegate?.locationManagerDidChangeAuthorization(self) }
    }
}
