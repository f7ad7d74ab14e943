public final class RunLock: Sendable { public struct Owner: Sendable, Equatable {} }
