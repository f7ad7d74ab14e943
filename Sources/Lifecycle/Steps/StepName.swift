/// The name of a stage of a run, in the order in which a run goes through them.
public enum StepName: String, CaseIterable, Codable, Hashable, Sendable {
    case preflight, connect, locate, flush, lock, snapshot, mount, recover, verify, archive, publish, retain
}
