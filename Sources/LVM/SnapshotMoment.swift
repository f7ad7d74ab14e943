import Host

/// The moment that a thick snapshot shows, as the kernel reports it while lvcreate is still at work.
///
/// lvcreate suspends the origin, gives it the table "snapshot-origin", resumes the snapshot and then the origin. From then
/// on every write to the origin keeps the old content for the snapshot first, so that no later write changes the
/// content of the snapshot. The rest is LVM's own: the monitor (dmeventd), udev, the copies of the metadata. Measured with
/// LVM 2.03.31 and udev: 1.0 of 1.6 s.
struct SnapshotMoment: Sendable {
    private let devices: @Sendable (String) throws -> MappedDevice?
    private let snapshot: String
    private let origin: String

    /// Nil where the kernel cannot be asked, or has a device of the snapshot's name already.
    ///
    /// Also nil for a thin snapshot: it has no device until it is activated.
    init?(of plan: SnapshotPlan) {
        // Without an answer the lock is held until lvcreate ends.
        guard let mapper = try? DeviceMapper() else { return nil }
        self.init(of: plan, devices: mapper.device)
    }

    /// - Parameter devices: asks for a device by its name.
    init?(of plan: SnapshotPlan, devices: @escaping @Sendable (String) throws -> MappedDevice?) {
        guard !plan.isThin else { return nil }
        self.devices = devices
        snapshot = VolumeName.mapperName(group: plan.group, volume: plan.name)
        origin = VolumeName.mapperName(group: plan.group, volume: plan.origin)
        // An error is no proof that there is none.
        guard case .some(.none) = try? devices(snapshot) else { return nil }
    }

    /// Whether the moment has passed: both tables are in force, and writes to the origin go on.
    ///
    /// The snapshot is looked at first. Its table comes into force while the origin is suspended, so an origin that is
    /// not suspended after that was resumed after that.
    ///
    /// - Throws: `HostError`.
    func hasPassed() throws -> Bool {
        guard let snapshot = try devices(snapshot), snapshot.target == "snapshot", !snapshot.isSuspended,
            let origin = try devices(origin), origin.target == "snapshot-origin", !origin.isSuspended
        else { return false }
        return !snapshot.below.isEmpty && snapshot.below == origin.below
    }

    /// Asks again and again until the moment has passed, for a thread of its own.
    ///
    /// - Parameter pause: between two questions.
    /// - Throws: `HostError`, `CancellationError`.
    func wait(pause: () -> Void) throws {
        while try !hasPassed() {
            try CancellationFlag.check()
            pause()
        }
    }
}
