test("a short lock is fine", function(fake)
  fake.run { lock = { held = 1 } }
  expect.equal(fake.call("before.mount").verdict, "proceed")
end)

test("a long one fails the run", function(fake)
  fake.run { lock = { held = 1.6 } }
  expect.raises("the lock was held for 1.6 s, and 1 s are allowed", fake.call, "before.mount")
end)

test("the alarm is sent by the shared library, with this file's options", function(fake)
  fake.options { url = "https://alarm.example.org" }
  fake.http("alarm", 200)
  fake.run { lock = { held = 2 } }
  expect.raises("held for 2.0 s", fake.call, "before.mount")
  expect.equal(fake.calls.http[1].json, { run = "20261122T101502Z-7f3a", text = "db1: writers had to wait for 2.0 s" })
end)
