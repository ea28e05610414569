import ByteStorage
import CLinux

/// The line that `systemctl status` shows of a service, by sd_notify(3).
enum ServiceStatus {
    /// Of a command that no service manager listens to, nothing. That one does not get it is no reason to fail.
    static func show(_ text: @autoclosure () -> String) {
        guard clinux_is_service() != 0 else { return }
        let line = "STATUS=\(text().split(separator: "\n").joined(separator: " ").printable)"
        _ = unsafe line.withCString { unsafe clinux_notify($0) }
    }
}
