import Synchronization

/// Takes one run through the lifecycle and reports how it ended.
package struct Engine: Sendable {
    private let hooks: HookTable
    private let options: EngineOptions
    private let environment: EngineEnvironment

    /// Creates an engine for one run.
    package init(hooks: HookTable, options: EngineOptions, environment: EngineEnvironment) {
        self.hooks = hooks
        self.options = options
        self.environment = environment
    }

    /// Runs all steps, then every release, also after a failure.
    ///
    /// Cancelling the calling task aborts the run in order: all that it acquired is released before this returns.
    package func run() async -> Outcome {
        let subscribed = SubscribedRun()
        let runSubscribers = hooks.runSubscribers.map { subscriber in
            Subscriber { event in
                guard event.fact.kind == subscriber.kind, let run = subscribed.run.withLock({ $0 }) else { return }
                let asked = HookTrace.Asked("on", subscriber.name, subscriber.place)
                // The hook has already reported its own error.
                let heard = { (_: Void) in "heard" }
                try? await traced(hooks.trace, nil, asked, heard) { try await subscriber.hear(run, event) }
            }
        }
        let bus = EventBus(
            run: environment.runID,
            subscribers: hooks.subscribers,
            publishing: runSubscribers,
            clock: environment.clock
        )
        let pipeline = makePipeline(bus)
        subscribed.run.withLock { $0 = pipeline.run }
        let start = Fact.Started(host: environment.host, isDryRun: options.isDryRun, kind: options.kind)
        bus.publish(.started(start))
        let failure = await travel(pipeline)
        var outcome = await pipeline.settle(failure)
        outcome.strictHooks = options.strictHooks
        outcome.warnings = pipeline.run.warnings
        outcome.failedHooks = pipeline.run.failedHooks
        bus.publish(Fact(ending: outcome))
        bus.publish(.finished(outcome))
        await drain(bus, pipeline.run)
        subscribed.run.withLock { $0 = nil }
        // The warnings of the subscribers to the run's end.
        outcome.warnings = pipeline.run.warnings
        outcome.failedHooks = pipeline.run.failedHooks
        pipeline.run.letGo()
        return outcome
    }

    /// Delivers the remaining events, and names the hooks that did not finish.
    private func drain(_ bus: EventBus, _ run: Run) async {
        let deadline = ContinuousClock.now + options.hearingTimeout
        for index in await bus.drainPublishing(limit: options.hearingTimeout) {
            let limit = options.hearingTimeout.inSeconds.formatted
            let name = hooks.runSubscribers[index].name
            run.noteFailedHook(name)
            run.warn("hook \"\(name)\": it was still busy \(limit) s after the end of the run, and was stopped")
        }
        // The last warning is delivered, too.
        await bus.drain(limit: max(deadline - .now, .seconds(1)))
    }

    /// The steps, in a task that the caller's cancellation or the time limit ends.
    private func travel(_ pipeline: StepPipeline) async -> Failure? {
        let work = Task { [begin = environment.begin] in await pipeline.travel(begin) }
        pipeline.abortion.arm { work.cancel() }
        let timer = options.timeout.map { [advice = options.advice.timeout] limit in
            environment.clock.alarm(limit) {
                let limit = limit.inSeconds.formatted
                let failure = Failure(.failed, "the run took longer than \(limit) s", advice: advice)
                LockExecutor.start { pipeline.abortion.abort(failure) }
            }
        }
        defer { timer?.cancel() }
        let failure = await withTaskCancellationHandler {
            await work.value
        } onCancel: {
            work.cancel()
        }
        // A lock that was given up tells more than the hang that led to both.
        guard var failure, let cause = pipeline.abortion.cause, pipeline.window.expiry == nil else { return failure }
        if failure.kind != .unverified { failure.kind = cause.kind }
        failure.message = cause.message
        failure.advice = cause.advice
        return failure
    }

    private func makePipeline(_ bus: EventBus) -> StepPipeline {
        var hooks = hooks
        hooks.hookTimeout = options.hookTimeout
        let runner = ReleaseRunner(
            runUndo: environment.runUndo,
            statementCommand: environment.statementCommand,
            publish: { bus.publish($0) }
        )
        let services = RunServices(
            bus: bus,
            hooks: hooks,
            lockWindow: LockWindow(
                waitLimit: options.lockWaitTimeout,
                holdLimit: options.maxLock,
                runner: runner,
                clock: environment.clock
            ),
            stack: ReleaseStack(),
            intend: environment.intend,
            settle: environment.settle,
            statementCommand: environment.statementCommand,
            tools: environment.tools
        )
        let run = Run(
            id: environment.runID,
            host: environment.host,
            started: unixTime(),
            options: options,
            services: services
        )
        return StepPipeline(run: run, options: options, runner: runner, clock: environment.clock)
    }
}

extension Fact {
    /// The last word but one: how the run ended.
    fileprivate init(ending outcome: Outcome) {
        let failure = outcome.failure ?? Failure(.failed, "the run failed")
        switch outcome.ending {
        case .succeeded: self = .succeeded
        case .vetoed: self = .vetoed(failure)
        case .deferred: self = .deferred(failure)
        case .failed: self = .failed(failure)
        }
    }
}

/// The run of the subscribers' events, while it lasts.
private final class SubscribedRun: Sendable {
    let run = Mutex<Run?>(nil)
}
