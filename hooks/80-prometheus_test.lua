local default = "/var/lib/prometheus/node-exporter/lvmbackup.prom"

local function lines(text)
  local list = {}
  for line in text:gmatch("[^\n]+") do list[#list + 1] = line end
  return list
end

test("a backup that succeeded is told with times and sizes", function(fake)
  fake.fs["/var/lib/prometheus/node-exporter"] = {}
  fake.clock.set("2026-11-22T10:15:02Z")
  fake.run { timings = { lock = 0.25, archive = 61.5 }, archive = { bytes = 123456789012 } }
  fake.event("finished", { outcome = { lock_held_seconds = 0.125 } })
  expect.equal(lines(fake.fs[default]), {
    "lvmbackup_archive_bytes 123456789012",
    "lvmbackup_end_timestamp_seconds 1795342502",
    "lvmbackup_last_success_timestamp_seconds 1795342502",
    "lvmbackup_left_behind 0",
    "lvmbackup_lock_held_seconds 0.125",
    'lvmbackup_step_seconds{step="archive"} 61.5',
    'lvmbackup_step_seconds{step="lock"} 0.25',
    "lvmbackup_success 1",
    "lvmbackup_warnings 0",
  })
  expect.equal(fake.calls.write[1].mode, "644")
end)

for _, ending in ipairs { "failed", "vetoed", "deferred" } do
  test(("a run that was %s is no success, and has no size"):format(ending), function(fake)
    fake.fs["/var/lib/prometheus/node-exporter"] = {}
    fake.event("finished", { outcome = { ending = ending } })
    expect.matches(fake.fs[default], "lvmbackup_success 0\n")
    assert(not fake.fs[default]:find("archive_bytes"))
  end)
end

test("a snapshot that is kept has no archive", function(fake)
  fake.fs["/var/lib/prometheus/node-exporter"] = {}
  fake.run { snapshot_only = true }
  fake.event("finished")
  expect.matches(fake.fs[default], "lvmbackup_success 1\n")
  assert(not fake.fs[default]:find("archive_bytes"))
end)

test("leaks and warnings are counted", function(fake)
  fake.fs["/var/lib/prometheus/node-exporter"] = {}
  fake.event("finished", {
    outcome = { leaked = { { name = "snapshot", reason = "busy" } }, warnings = { "one", "two" } },
  })
  expect.matches(fake.fs[default], "lvmbackup_left_behind 1\n")
  expect.matches(fake.fs[default], "lvmbackup_warnings 2\n")
end)

test("a dry run writes nothing", function(fake)
  fake.run { dry_run = true }
  fake.event("finished")
  expect.equal(#fake.calls, 0)
end)

test("the file is where the configuration says", function(fake)
  fake.options { file = "/srv/metrics/backup.prom" }
  fake.fs["/srv/metrics"] = {}
  fake.event("finished")
  expect.matches(fake.fs["/srv/metrics/backup.prom"], "lvmbackup_success 1\n")
end)

test("a directory that is not there is a warning, which says so", function(fake)
  fake.fs["/srv"] = {}
  expect.raises("no such file or directory", fake.event, "finished")
  expect.matches(fake.warnings[1], 'hook "prometheus/on.finished"')
end)

test("a failure leaves the time of the last good backup", function(fake)
  fake.fs["/var/lib/prometheus/node-exporter"] = {}
  fake.event("finished")
  local line = "lvmbackup_last_success_timestamp_seconds 1795342502\n"
  expect.matches(fake.fs[default], line)
  fake.clock.advance("1d")
  fake.event("finished", { outcome = { ending = "failed" } })
  expect.matches(fake.fs[default], line)
  expect.matches(fake.fs[default], "lvmbackup_end_timestamp_seconds 1795428902\n")
end)

test("without any good backup there is no such time", function(fake)
  fake.fs["/var/lib/prometheus/node-exporter"] = {}
  fake.event("finished", { outcome = { ending = "failed" } })
  assert(not fake.fs[default]:find("last_success"))
end)

test("a restore or a verification is no backup", function(fake)
  for _, kind in ipairs { "restore", "verify" } do
    fake.run { kind = kind }
    fake.event("finished")
  end
  expect.equal(#fake.calls, 0)
end)
