local hook, ping, mail = "https://chat.example.org/hook", "https://hc.example.org/abc", "dba@example.org"
local failed = { outcome = { ending = "failed", failure = { message = "the disk is full", advice = "make room" } } }

-- The ways that were used, in order.
local function used(fake)
  local list = {}
  for i, call in ipairs(fake.calls) do list[i] = call.url or call.words[1] end
  return list
end

test("without options nothing is sent", function(fake)
  fake.event("started")
  fake.event("finished", failed)
  expect.equal(#fake.calls, 0)
end)

test("a healthcheck is pinged at the start and at the end", function(fake)
  fake.options { ping = ping }
  fake.http(ping, 200)
  fake.event("started")
  fake.event("finished")
  expect.equal(fake.calls.http[1].url, ping .. "/start")
  expect.equal(fake.calls.http[2].url, ping)
  expect.equal(fake.calls.http[2].body, "Backup of db1: succeeded")
  expect.equal(fake.calls.http[2].method, "POST")
end)

test("a healthcheck hears of a failure, and why", function(fake)
  fake.options { ping = ping }
  fake.http(ping, 200)
  fake.event("finished", failed)
  expect.equal(fake.calls.http[1].url, ping .. "/fail")
  expect.equal(fake.calls.http[1].body, "Backup of db1: failed\nthe disk is full\nAdvice: make room")
end)

test("a backup that left something behind is told as a failure", function(fake)
  fake.options { ping = ping }
  fake.http(ping, 200)
  fake.event("finished", {
    outcome = { leaked = { { name = "snapshot \"s\"", reason = "busy", repair = "lvremove s" } } },
  })
  expect.equal(fake.calls.http[1].url, ping .. "/fail")
  expect.matches(fake.calls.http[1].body, 'LEFT BEHIND: snapshot "s": busy; lvremove s')
end)

test("a deferred run raises no alarm", function(fake)
  fake.options { ping = ping, webhook = hook, mail = mail }
  fake.http(ping, 200)
  fake.event("finished", { outcome = { ending = "deferred" } })
  expect.equal(#fake.calls, 1)
  expect.equal(fake.calls.http[1].url, ping .. "/log")
end)

test("a veto is told like a failure", function(fake)
  fake.options { webhook = hook }
  fake.http(hook, 200)
  fake.event("finished", { outcome = { ending = "vetoed", failure = { message = "not today" } } })
  expect.matches(fake.calls.http[1].json.text, "Backup of db1: vetoed\nnot today")
end)

test("a webhook hears of failures only, unless it is to hear of everything", function(fake)
  fake.options { webhook = hook }
  fake.event("finished")
  expect.equal(#fake.calls, 0)
end)

test("a webhook hears of everything where it is asked for", function(fake)
  fake.options { webhook = hook, only_failures = false }
  fake.http(hook, { status = 204 })
  fake.run { warnings = { "the snapshot is 80 % full" } }
  fake.event("finished")
  expect.equal(fake.calls.http[1].json, {
    text = "Backup of db1: succeeded\nwarning: the snapshot is 80 % full", run = "20261122T101502Z-7f3a",
  })
end)

test("a mail has a subject", function(fake)
  fake.options { mail = mail }
  fake.exec({ "sendmail", "-t" }, {})
  fake.event("finished", failed)
  local lines = "To: dba@example.org\nSubject: backup of db1: failed\n\n"
    .. "Backup of db1: failed\nthe disk is full\nAdvice: make room\n"
  expect.equal(fake.calls.exec[1].stdin, lines)
end)

test("where one way fails the others are used, and the failure is warned of", function(fake)
  fake.options { ping = ping, webhook = hook, mail = mail }
  fake.exec({ "sendmail" }, { status = 75, stderr = "queue is full" })
  fake.http(hook, 500)
  fake.http(ping, { error = "connection refused" })
  fake.event("finished", failed)
  expect.equal(used(fake), { "sendmail", hook, ping .. "/fail" })
  expect.equal(#fake.warnings, 3)
  expect.matches(fake.warnings[1], "queue is full")
  expect.matches(fake.warnings[2], "status 500")
  expect.matches(fake.warnings[3], "connection refused")
end)

-- An address from which nothing comes back: every attempt takes all of its time, and pauses are 1 s, 2 s and so on.
local function black_hole(fake, address)
  fake.http(address, function(request)
    fake.clock.advance(request.timeout * (request.retries + 1) + 2 ^ request.retries - 1)
    return { error = "Timeout was reached" }
  end)
end

test("where every way hangs each is used, within 10 s", function(fake)
  fake.options { ping = ping, webhook = hook, mail = mail }
  fake.exec({ "sendmail" }, { takes = "1h" })
  black_hole(fake, hook)
  black_hole(fake, ping)
  local start = fake.clock.now()
  fake.event("finished", failed)
  expect.equal(used(fake), { "sendmail", hook, ping .. "/fail" })
  expect.equal(#fake.warnings, 3)
  local took = fake.clock.now() - start
  assert(took >= 6 and took < 10, took .. " s")
end)

test("a healthcheck that hangs at the start holds up for less than 10 s", function(fake)
  fake.options { ping = ping }
  black_hole(fake, ping)
  local start = fake.clock.now()
  fake.event("started")
  expect.matches(fake.warnings[1], "Timeout was reached")
  assert(fake.clock.now() - start < 10)
end)

test("a mail that cannot be sent is warned of", function(fake)
  fake.options { mail = mail }
  fake.exec({ "sendmail" }, { status = 75, stderr = "queue is full" })
  fake.event("finished", failed)
  expect.matches(fake.warnings[1], "sendmail ended with status 75: queue is full")
end)

test("a healthcheck that cannot be reached at the start is warned of", function(fake)
  fake.options { ping = ping }
  fake.http(ping, 503)
  fake.event("started")
  expect.matches(fake.warnings[1], "status 503")
end)

test("a dry run sends no message", function(fake)
  fake.options { ping = ping, webhook = hook, mail = mail }
  fake.run { dry_run = true }
  fake.event("started")
  fake.event("finished", failed)
  expect.equal(#fake.calls, 0)
end)

test("a failed restore is told, and is no ping of the backup's healthcheck", function(fake)
  fake.options { ping = ping, webhook = hook, mail = mail }
  fake.exec({ "sendmail", "-t" }, {})
  fake.http(hook, 200)
  fake.run { kind = "restore" }
  fake.event("started")
  fake.event("finished", failed)
  expect.equal(used(fake), { "sendmail", hook })
  expect.matches(fake.calls.http[1].json.text, "^Restore on db1: failed")
  expect.matches(fake.calls.exec[1].stdin, "Subject: restore on db1: failed")
end)
