import Lifecycle

/// Where a run stands when a hook is called.
struct FakePoint: Sendable {
    /// The step that is being done.
    var step: StepName?
    /// The steps before this one are done; nil: all are.
    var next: StepName?
    var isLockHeld = false
    /// Whether the run may have come further: an event that may happen anywhere.
    ///
    /// The test says how far it came.
    var isOpen = false

    /// Whether a field of a table is there.
    func has(_ field: APIField) -> Bool {
        guard !isOpen else { return true }
        return (field.since.map(isDone) ?? true) && !(field.until.map(isPast) ?? false)
    }

    /// Whether the run has gone on after a step.
    func isPast(_ step: StepName) -> Bool { isDone(step) && self.step != step }

    func isDone(_ step: StepName) -> Bool { next.map { step < $0 } ?? true }

    /// Before or in a step.
    static func before(_ step: StepName) -> FakePoint {
        FakePoint(step: step, next: step, isLockHeld: step == .snapshot)
    }

    static func after(_ step: StepName) -> FakePoint {
        let next = StepName.allCases.first { $0 > step }
        return FakePoint(step: step, next: next, isLockHeld: step == .lock)
    }
}

extension LuaValue {
    /// These fields without those that are not there at a point of a run.
    func there(_ record: APIRecord?, at point: FakePoint) -> LuaValue {
        guard let record, let fields else { return self }
        let absent = record.fields.filter { !point.has($0) }.map(\.name)
        return .table(fields.filter { !absent.contains($0.key) })
    }
}
