local function texts(fake)
  local list = {}
  for i, call in ipairs(fake.calls.http) do list[i] = call.json.text end
  return list
end

local function site(fake, options)
  options.url = "https://chat.example.org/hook"
  fake.options(options)
  fake.http("chat.example.org", 200)
end

test("a success is told where that is asked for", function(fake)
  site(fake, { all = true })
  fake.event("finished", {})
  expect.equal(texts(fake), { "db1: backed up to /backups/20261122T101502Z-7f3a" })
end)

test("a success is not told otherwise", function(fake)
  site(fake, {})
  fake.event("finished", {})
  expect.equal(texts(fake), {})
end)

test("a failure is told with its reason", function(fake)
  site(fake, {})
  fake.event("finished", { outcome = { ending = "failed" } })
  expect.equal(texts(fake), { "db1: no backup: the disk is full (failed)" })
end)

test("something left behind is told with the command that repairs it", function(fake)
  site(fake, {})
  local leak = { name = "snapshot \"vg0/s\"", reason = "busy", repair = "lvremove vg0/s" }
  fake.event("finished", { outcome = { leaked = { leak } } })
  expect.equal(texts(fake), { "db1: snapshot \"vg0/s\" was left behind (busy): lvremove vg0/s" })
end)

test("a webhook that does not answer is a warning", function(fake)
  site(fake, { all = true })
  fake.http("chat", { error = "no route to host" })
  fake.event("finished", {})
  expect.matches(fake.warnings[1], "the alarm was not sent")
end)

test("a restore is told as one", function(fake)
  site(fake, { all = true })
  fake.run { kind = "restore" }
  fake.event("finished", { outcome = { ending = "failed" } })
  expect.equal(texts(fake), { "db1: not restored: the disk is full (failed)" })
end)
