// The functions that the app adds to its runners: `tests/native/host.ts` declares them, Swift answers.
import CapacitorBackgroundRunner
import Foundation
import Phone

private let label: JSONValue = "com.example.task"

/// The address book's functions; `late` are answered when there is something in the box.
private func register(late: Box<String> = Box(), told: Box<Bool> = Box()) {
    let add = { (method: String, function: @escaping BackgroundRunnerPlugin.HostFunction) in
        BackgroundRunnerPlugin.register(api: "Contacts", method: method, function: function)
    }
    add("count") { _ in 7 }
    add("isOpen") { _ in true }
    add("add") { arguments in arguments.first?.with("born", 1815) }
    add("find") { arguments in
        guard case .string(let name)? = arguments.first else { throw CocoaError(.coderInvalidValue) }
        if name == "nobody" { throw HostError(code: "E_NOBODY", message: "there is nobody") }
        if name == "anybody" { throw CancellationError() }
        try await Task.sleep(nanoseconds: 1_000_000)
        return [["name": .string(name)]]
    }
    for method in ["wait", "linger"] {
        add(method) { _ in
            // A task of its own sleeps also when this one is cancelled.
            await Task.detached { await late.wait() }.value
            told.add(Task.isCancelled)
            return nil
        }
    }
}

/// Dispatches, and gives the value or the code of the error.
@MainActor
private func outcome(_ view: WebView, _ event: String, timeout: Double = 25) async -> JSONValue? {
    let options: JSONValue = ["label": label, "event": .string(event), "timeout": .number(timeout)]
    let answer = await view.call("dispatchEvent", options)
    return answer.code.map { .string($0) } ?? answer.value?["value"]
}

@MainActor let hostScenarios: [String: Scenario] = [
    "an_app_adds_functions_of_its_own": Scenario(
        options: Scenario.one(["hostApis": hostApis]),
        script: """
            addEventListener('e', async (resolve) => {
              const failing = (call) => { try { call(); } catch (error) { return error.code ?? error.name; } };
              const rejected = (promise) => promise.catch((error) => [error.code ?? error.name, error.message]);
              resolve([
                Contacts.count(), Contacts.isOpen, Contacts.add({ name: 'Ada' }),
                await Promise.all([Contacts.find('Ada'), Contacts.find('Bob')]),
                await rejected(Contacts.find('nobody')), (await rejected(Contacts.find('anybody')))[0],
                failing(() => Contacts.add({ name: 7 })), failing(() => Contacts.lost()),
              ]);
            });
            """,
        run: {
            register()
            let view = WebView()
            let found: JSONValue = [
                7, true, ["name": "Ada", "born": 1815], [[["name": "Ada"]], [["name": "Bob"]]],
                ["E_NOBODY", "there is nobody"], "CANCELLED", "TypeError", "UNAVAILABLE",
            ]
            expect(await outcome(view, "e"), found)
            // The last one who registers answers.
            BackgroundRunnerPlugin.register(api: "Contacts", method: "count") { _ in 8 }
            expect(await outcome(view, "e")?[0], 8)
        }),

    "an_answer_that_comes_late_changes_nothing": Scenario(
        options: Scenario.one(["hostApis": hostApis]),
        script: """
            addEventListener('wait', (resolve) => { Contacts.wait(); resolve(); });
            addEventListener('linger', async (resolve) => { await Contacts.linger(); resolve(); });
            addEventListener('leave', (resolve) => { Contacts.linger(); resolve('left'); });
            addEventListener('e', (resolve) => resolve(Contacts.count()));
            """,
        run: {
            let late = Box<String>()
            let told = Box<Bool>()
            register(late: late, told: told)
            let view = WebView()
            // Long enough for the functions to be called on a busy machine, too.
            expect(await outcome(view, "wait", timeout: 3), "DEADLINE_EXCEEDED")
            expect(await outcome(view, "linger", timeout: 3), "DEADLINE_EXCEEDED")
            expect(await outcome(view, "leave"), "left")
            // Nobody waits any more: the functions hear of it, and may answer all the same.
            late.add("now")
            await told.wait(for: 3)
            expect(told.all, [true, true, true])
            expect(await outcome(view, "e"), 7)
        }),
]
