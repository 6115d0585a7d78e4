// Stands for the module `WebKit`.
@_exported import UIKit

@MainActor @objc open class WKWebView: UIResponder {}
