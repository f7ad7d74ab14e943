local hook, ping, mail = "https://chat.example.org/hook", "https://hc.example.org/abc", "dba@example.org"
local failed = { outcome = { ending = "failed", failure = { message = "the disk is full", advice = "make room" } } }

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
  expect.equal(fake.calls.http[1].body, "Backup of db1: failed\nthe disk is full\nWhat to do: make room")
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

test("a mail says in its subject what it is about", function(fake)
  fake.options { mail = mail }
  fake.exec({ "sendmail", "-t" }, {})
  fake.event("finished", failed)
  local lines = "To: dba@example.org\nSubject: backup of db1: failed\n\n"
    .. "Backup of db1: failed\nthe disk is full\nWhat to do: make room\n"
  expect.equal(fake.calls.exec[1].stdin, lines)
end)

test("where one way fails the others are used, and the failure is warned of", function(fake)
  fake.options { ping = ping, webhook = hook, mail = mail }
  fake.http(ping, { error = "connection refused" })
  fake.http(hook, 500)
  fake.exec({ "sendmail" }, {})
  fake.event("finished", failed)
  expect.equal(#fake.calls.exec, 1)
  expect.equal(#fake.calls.http, 2)
  expect.matches(fake.warnings[1], "connection refused")
  expect.matches(fake.warnings[2], "status 500")
end)

test("a mail that can't be sent is warned of", function(fake)
  fake.options { mail = mail }
  fake.exec({ "sendmail" }, { status = 75, stderr = "queue is full" })
  fake.event("finished", failed)
  expect.matches(fake.warnings[1], "sendmail ended with status 75: queue is full")
end)

test("a healthcheck that can't be reached at the start is warned of", function(fake)
  fake.options { ping = ping }
  fake.http(ping, 503)
  fake.event("started")
  expect.matches(fake.warnings[1], "status 503")
end)

test("a dry run tells nobody", function(fake)
  fake.options { ping = ping, webhook = hook, mail = mail }
  fake.run { dry_run = true }
  fake.event("started")
  fake.event("finished", failed)
  expect.equal(#fake.calls, 0)
end)
