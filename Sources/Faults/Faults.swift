import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Breaks the program at a chosen point, so that tests see what it does then.
///
/// In a release build all of this is empty.
package enum Faults {
    #if DEBUG
        /// `LVMBACKUP_FAULT`, as ``FaultPlan/init(_:)`` reads it.
        private static let plan = Mutex(inEnvironment())

        private static func inEnvironment() -> FaultPlan {
            guard let text = getenv("LVMBACKUP_FAULT") else { return FaultPlan() }
            do { return try FaultPlan(String(cString: text)) } catch { fatalError("LVMBACKUP_FAULT: \(error)") }
        }
    #endif

    /// The act that is due at a point, for the caller to perform; noted on standard error.
    package static func due(_ point: @autoclosure () -> String, _ moment: FaultMoment) -> FaultAct? {
        #if DEBUG
            let point = point()
            guard let act = plan.withLock({ $0.pass(point, moment) }) else { return nil }
            announce("fault: \(point) \(moment.rawValue) \(act) at \(monotonicTime())\n")
            return act
        #else
            return nil
        #endif
    }

    /// Passes a point in a task.
    ///
    /// A hang ends with the task's cancellation, by its error.
    ///
    /// - Throws: ``InjectedFault``, `CancellationError`.
    package static func pass(_ point: @autoclosure () -> String, _ moment: FaultMoment) async throws {
        #if DEBUG
            let name = point()
            switch due(name, moment) {
            case .hang(let seconds): try await Task.sleep(for: .seconds(seconds ?? 86_400))
            case .slow(let seconds): try await Task.sleep(for: .seconds(seconds))
            case let act?: try act.strike(name, moment)
            case nil: break
            }
        #endif
    }

    /// Passes a point on a thread that is allowed to block.
    ///
    /// - Throws: ``InjectedFault``.
    package static func passBlocking(_ point: @autoclosure () -> String, _ moment: FaultMoment) throws {
        #if DEBUG
            let name = point()
            try due(name, moment)?.strike(name, moment)
        #endif
    }
}

/// The error of a fault.
package struct InjectedFault: Error, Equatable, CustomStringConvertible {
    package let point: String
    package let moment: FaultMoment

    package var description: String { "injected fault at \(moment.rawValue) of \(point)" }
}

#if DEBUG
    extension FaultAct {
        /// Performs the act on the calling thread.
        ///
        /// - Throws: ``InjectedFault``.
        package func strike(_ point: String, _ moment: FaultMoment) throws {
            switch self {
            case .fail: throw InjectedFault(point: point, moment: moment)
            case .hang(let seconds): pause(seconds ?? 86_400)
            case .slow(let seconds): pause(seconds)
            case .kill: send(SIGKILL)
            case .stop: send(SIGSTOP)
            case .signal(let signal, let times): for _ in 1...times { send(signal) }
            case .killCommand: fatalError("\(point) is no external command")
            }
        }

        /// A stopped process takes a moment to stop, and a handler one to be run.
        private func send(_ signal: Int32) {
            Glibc.kill(getpid(), signal)
            pause(0.05)
        }

        private func pause(_ seconds: Double) {
            var left = timespec(tv_sec: Int(seconds), tv_nsec: Int(seconds.truncatingRemainder(dividingBy: 1) * 1e9))
            var rest = timespec()
            while nanosleep(&left, &rest) != 0, errno == EINTR { left = rest }
        }
    }

    private func monotonicTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private func announce(_ line: String) { _ = write(STDERR_FILENO, line, line.utf8.count) }
#endif
