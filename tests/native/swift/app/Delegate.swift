// The app's delegate, to which the snippet of the package adds the remote notifications.
import Foundation

final class AppDelegate {}
