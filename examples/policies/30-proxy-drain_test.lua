test("the proxy is drained before the lock, and its release is known by then", function(fake)
  fake.exec({ "proxyctl" }, "")
  expect.equal(fake.call("before.lock").verdict, "proceed")
  expect.equal(fake.calls.exec[1].words, { "proxyctl", "drain", "db1" })
  expect.equal(fake.undos[1].exec, { "proxyctl", "ready", "db1" })
  expect.equal({ fake.calls[1].kind, fake.calls[2].kind }, { "undo", "exec" })
end)

test("a proxy that cannot be drained fails the run, and is made ready all the same", function(fake)
  fake.options { drain = { "false" } }
  fake.exec({ "false" }, { status = 1 })
  expect.raises("false ended with status 1", fake.call, "before.lock")
  expect.equal(#fake.undos, 1)
end)
