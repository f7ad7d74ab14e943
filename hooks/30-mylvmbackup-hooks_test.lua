local directory = "/usr/share/mylvmbackup"

-- An executable for each of the names.
local function site(fake, ...)
  fake.fs[directory] = {}
  for _, name in ipairs { ... } do fake.fs[directory .. "/" .. name] = { content = "#!/bin/sh\n", mode = "755" } end
  fake.exec(directory .. "/", {})
end

local function ran(fake)
  local names = {}
  for i, call in ipairs(fake.calls.exec) do names[i] = call.words[1]:match("[^/]+$") end
  return names
end

local points = {
  { "connect", { "preconnect" } }, { "flush", { "preflush" } }, { "snapshot", { "presnapshot", "preunlock" } },
  { "mount", { "predisconnect", "premount" } }, { "archive", { "prebackup" } },
}
for _, point in ipairs(points) do
  local step, names = point[1], point[2]
  test(("before %s: %s"):format(step, table.concat(names, ", ")), function(fake)
    site(fake, table.unpack(names))
    expect.equal(fake.call("before." .. step), { verdict = "proceed" })
    expect.equal(ran(fake), names)
    expect.equal(fake.calls.exec[1].env.LVMBACKUP_HOOK, names[1])
  end)
end

test("a missing executable is not run", function(fake)
  site(fake, "premount")
  for _, point in ipairs(points) do fake.call("before." .. point[1]) end
  fake.event("releasing", { name = 'mount "/mnt"' })
  fake.event("succeeded")
  expect.equal(ran(fake), { "premount" })
  expect.equal(#fake.warnings, 0)
end)

test("at the start the context is the run's", function(fake)
  site(fake, "preconnect")
  fake.call("before.connect")
  expect.equal(fake.calls.exec[1].env, {
    LVMBACKUP_RUN_ID = "20261122T101502Z-7f3a", LVMBACKUP_HOST = "db1", LVMBACKUP_HOOK = "preconnect",
  })
end)

test("later it is all that is known", function(fake)
  site(fake, "prebackup")
  fake.run { server = { datadir = "/srv/data" }, volume = { group = "g", name = "v" }, snapshot = { name = "g/s" } }
  fake.run { mount = { path = "/mnt/data" } }
  fake.call("before.archive")
  local env = fake.calls.exec[1].env
  expect.equal({ env.LVMBACKUP_DATADIR, env.LVMBACKUP_VOLUME, env.LVMBACKUP_SNAPSHOT, env.LVMBACKUP_MOUNT },
    { "/srv/data", "g/v", "g/s", "/mnt/data" })
end)

test("an executable that fails, fails the run", function(fake)
  site(fake, "preflush")
  fake.exec({ directory .. "/preflush" }, { status = 3, stderr = "no" })
  expect.raises("preflush ended with status 3: no", fake.call, "before.flush")
end)

test("an executable that takes too long is ended", function(fake)
  site(fake, "preflush")
  fake.options { timeout = "90s" }
  fake.exec({ directory .. "/preflush" }, { takes = "2m" })
  expect.raises("took longer than 90 s", fake.call, "before.flush")
  expect.equal(fake.calls.exec[1].timeout, 90)
end)

test("a file that cannot be executed is warned of", function(fake)
  fake.fs[directory .. "/preflush"] = { content = "#!/bin/sh\n", mode = "644" }
  fake.fs[directory .. "/premount"] = {}
  expect.equal(fake.call("before.flush").verdict, "proceed")
  expect.matches(fake.warnings[1], directory .. "/preflush is there and cannot be executed")
  fake.call("before.mount")
  expect.matches(fake.warnings[2], "premount is there")
  expect.equal(#fake.calls, 0)
end)

test("a link to an executable is run", function(fake)
  fake.fs["/opt/site/preflush"] = { content = "#!/bin/sh\n", mode = "755" }
  fake.fs[directory .. "/preflush"] = { link = "/opt/site/preflush" }
  fake.exec({ directory .. "/preflush" }, {})
  fake.call("before.flush")
  expect.equal(ran(fake), { "preflush" })
end)

test("a link to nowhere is warned of", function(fake)
  fake.fs[directory .. "/preflush"] = { link = "/opt/site/preflush" }
  expect.equal(fake.call("before.flush").verdict, "proceed")
  expect.matches(fake.warnings[1], "preflush is there and cannot be executed")
end)

test("the directory is set by the configuration", function(fake)
  fake.options { directory = "/etc/site" }
  fake.fs["/etc/site/preflush"] = { content = "#!/bin/sh\n", mode = "700" }
  fake.exec({ "/etc/site/preflush" }, {})
  fake.call("before.flush")
  expect.equal(#fake.calls.exec, 1)
end)

local mount, snapshot = 'mount "/run/lvmbackup/mnt/r"', 'snapshot "g/s"'

test("precleanup is run once, after the backup: before the mount goes, not before the lock does", function(fake)
  site(fake, "precleanup")
  fake.event("releasing", { name = "lock" })
  fake.event("releasing", { name = 'traces of snapshot "g/s"' })
  expect.equal(ran(fake), {})
  fake.event("releasing", { name = mount })
  expect.equal(ran(fake), { "precleanup" })
  fake.event("releasing", { name = snapshot })
  fake.event("releasing", { name = "session" })
  expect.equal(ran(fake), { "precleanup" })
end)

test("precleanup is run before the snapshot goes where nothing was mounted", function(fake)
  site(fake, "precleanup")
  fake.event("releasing", { name = snapshot })
  expect.equal(ran(fake), { "precleanup" })
end)

test("backupsuccess is run at the end of a good run only", function(fake)
  site(fake, "backupsuccess", "backupfailure", "logerr")
  fake.event("succeeded")
  expect.equal(ran(fake), { "backupsuccess" })
end)

for _, ending in ipairs { "failed", "vetoed" } do
  test(("logerr and backupfailure are run where a run was %s, with the reason"):format(ending), function(fake)
    site(fake, "backupsuccess", "backupfailure", "logerr")
    fake.event(ending, { failure = { message = "it broke", step = "connect" } })
    expect.equal(ran(fake), { "logerr", "backupfailure" })
    local env = fake.calls.exec[2].env
    expect.equal({ env.LVMBACKUP_ERROR, env.LVMBACKUP_DATADIR }, { "it broke" })
  end)
end

test("backupfailure is run also where logerr fails", function(fake)
  site(fake, "backupfailure", "logerr")
  fake.exec({ directory .. "/logerr" }, { status = 1 })
  expect.raises("logerr ended with status 1", fake.event, "failed")
  expect.equal(ran(fake), { "logerr", "backupfailure" })
end)

test("a dry run only prints the commands", function(fake)
  site(fake, "preflush")
  fake.run { dry_run = true }
  expect.equal(fake.call("before.flush"), { verdict = "proceed" })
  expect.equal(#fake.calls, 0)
  expect.equal(fake.logs, { "would run: " .. directory .. "/preflush" })
end)
