// Stands for the module `CoreLocation`.
@_exported import Foundation
@_exported import ObjectiveC

public struct CLLocationCoordinate2D: Sendable {
    public var latitude = 0.0
    public var longitude = 0.0
}

@objc public enum CLAuthorizationStatus: Int32, Sendable {
    case notDetermined, restricted, denied, authorizedAlways, authorizedWhenInUse
}

@objc open class CLLocation: NSObject, @unchecked Sendable {
    open var coordinate: CLLocationCoordinate2D { .init() }
    open var horizontalAccuracy: Double { 0 }
    open var altitude: Double { 0 }
    open var verticalAccuracy: Double { 0 }
    open var speed: Double { 0 }
    open var course: Double { 0 }
    open var timestamp: Date { Date() }
}

@objc public protocol CLLocationManagerDelegate: AnyObject {
    @objc optional func locationManager(_ manager: CLLocationManager, didUpdateLocations locations: [CLLocation])
    @objc optional func locationManager(_ manager: CLLocationManager, didFailWithError error: any Error)
    @objc optional func locationManagerDidChangeAuthorization(_ manager: CLLocationManager)
}

@objc open class CLLocationManager: NSObject {
    open weak var delegate: (any CLLocationManagerDelegate)?
    open var location: CLLocation? { nil }
    open var authorizationStatus: CLAuthorizationStatus { .denied }
    open func requestAlwaysAuthorization() {}
    open func requestWhenInUseAuthorization() {}
    open func startMonitoringSignificantLocationChanges() {}
    open func stopMonitoringSignificantLocationChanges() {}
}
