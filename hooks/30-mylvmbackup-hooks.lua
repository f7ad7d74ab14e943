backup.require_api(1)
-- Runs a site's executables for mylvmbackup's hook points, with the context in the environment.
-- [hooks.mylvmbackup-hooks] directory = "/usr/share/mylvmbackup"
--
-- What is different: README.md, beside this file.
local directory = backup.option("directory", "/usr/share/mylvmbackup")
local limit = backup.option("timeout", "60s")

local function call(run, name, extra)
  local path = directory .. "/" .. name
  if not run.fs.stat(path) then return end
  -- Of a link what it leads to counts; of one to nowhere there is nothing.
  local is_there, target = pcall(run.fs.realpath, path)
  local status = is_there and run.fs.stat(target) or {}
  if status.kind ~= "file" or tonumber(status.mode, 8) & 73 == 0 then
    return run:warn(("%s is there and cannot be executed"):format(path))
  end
  local environment = { LVMBACKUP_RUN_ID = run.id, LVMBACKUP_HOST = run.host, LVMBACKUP_HOOK = name }
  for key, value in pairs(extra or {}) do environment[key] = tostring(value) end
  run:exec { path, env = environment, timeout = limit }
end

local function context(run, fields)
  local extra = {}
  for variable, read in pairs(fields) do
    local known, value = pcall(read, run)
    if known and value then extra[variable] = value end
  end
  return extra
end

local known = {
  LVMBACKUP_DATADIR = function(run) return run.server.datadir end,
  LVMBACKUP_VOLUME = function(run) return run.volume.group .. "/" .. run.volume.name end,
  LVMBACKUP_SNAPSHOT = function(run) return run.snapshot.name end,
  LVMBACKUP_MOUNT = function(run) return run.mount.path end,
}

local points = {
  { "connect", "preconnect" }, { "flush", "preflush" }, { "snapshot", "presnapshot" }, { "snapshot", "preunlock" },
  { "mount", "predisconnect" }, { "mount", "premount" }, { "archive", "prebackup" },
}
for _, point in ipairs(points) do
  local step, name = point[1], point[2]
  -- The program's own limit ends it first, and is the better message.
  backup.before(step, { desc = "mylvmbackup's " .. name, timeout = limit + 5 }, function(run)
    call(run, name, context(run, known))
  end)
end

-- Of all releases, the lock's comes first; these two are what mylvmbackup cleans up.
local function is_cleanup(name) return name:find("^mount ") or name:find("^snapshot ") end

local cleaned
backup.on("releasing", { desc = "mylvmbackup's precleanup", timeout = limit + 5 }, function(run, event)
  if cleaned == run.id or not is_cleanup(event.name) then return end
  cleaned = run.id
  call(run, "precleanup", context(run, known))
end)
backup.on("succeeded", { desc = "mylvmbackup's backupsuccess", timeout = limit + 5 }, function(run)
  call(run, "backupsuccess", context(run, known))
end)
for _, event in ipairs { "failed", "vetoed" } do
  backup.on(event, { desc = "mylvmbackup's logerr and backupfailure", timeout = 2 * limit + 5 }, function(run)
    local extra = context(run, known)
    extra.LVMBACKUP_ERROR = run.error.message
    local is_logged, problem = pcall(call, run, "logerr", extra)
    call(run, "backupfailure", extra)
    if not is_logged then error(problem, 0) end
  end)
end
