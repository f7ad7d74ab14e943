backup.require_api(1)
-- A data directory on btrfs in place of LVM: it has to be a subvolume of its own, and the snapshot is one beside it.
-- [hooks.btrfs] snapshots = "/srv/mysql-snapshots"      a directory of the same file system, outside the data directory
local directory = backup.option("snapshots")

local function show(run, path)
  return run:exec { "btrfs", "subvolume", "show", path, timeout = "20s", reads = true }.stdout
end

-- Data in another subvolume, or elsewhere by a link, would not be in the snapshot.
local function check_whole(run, datadir)
  local nested = run:exec { "btrfs", "subvolume", "list", "-o", datadir, timeout = "20s", reads = true }.stdout
  if nested ~= "" then error("there are subvolumes below the data directory:\n" .. nested) end
  for _, file in ipairs(run.server.files or {}) do
    local is_there, path = pcall(run.fs.realpath, file.path)
    if is_there and path ~= datadir and path:sub(1, #datadir + 1) ~= datadir .. "/" then
      error(("%s (%s) is not below the data directory %s"):format(path, file.role, datadir))
    end
  end
end

backup.replace("locate", { desc = "the subvolume of the data directory" }, function(run)
  local datadir = run.fs.realpath(run.server.datadir)
  local answer = run:exec {
    "findmnt", "--json", "--bytes", "--nofsroot", "--output", "SOURCE,FSTYPE,TARGET,SIZE,AVAIL", "--target", datadir,
    timeout = "20s", reads = true,
  }
  local mount = json.decode(answer.stdout).filesystems[1]
  if mount.fstype ~= "btrfs" then return run:decline("its data directory is on " .. mount.fstype) end
  local uuid = show(run, datadir):match("\n%s*UUID:%s*(%S+)")
  check_whole(run, datadir)
  run.vars.subvolume = { path = datadir, uuid = uuid }
  return {
    group = "btrfs", name = uuid, device = mount.source, filesystem = "btrfs", mount_points = { mount.target },
    size = math.tointeger(tonumber(mount.size)), free = math.tointeger(tonumber(mount.avail)),
  }
end)

backup.replace("snapshot", { desc = "btrfs subvolume snapshot" }, function(run)
  local subvolume = run.vars.subvolume
  if not subvolume then return run:decline("not on btrfs") end
  local path = directory .. "/" .. run.id
  -- Also right where it is not there, or not there any more: then nothing is found, and that is no failure.
  local remove = {
    "find", directory, "-mindepth", "1", "-maxdepth", "1", "-name", run.id,
    "-exec", "btrfs", "subvolume", "delete", "--commit-after", "{}", "+",
  }
  run:intend { exec = remove }
  run:exec { "btrfs", "subvolume", "snapshot", subvolume.path, path }
  return {
    name = path,
    device = path,
    check = function(later)
      local parent = show(later, path):match("\n%s*Parent UUID:%s*(%S+)")
      if parent ~= subvolume.uuid then error(path .. " is not the snapshot that was made") end
    end,
    release = { exec = remove, timeout = "2m", repair = "btrfs subvolume delete " .. path },
  }
end)

-- Bound onto itself, so that nothing in it is executed or taken for a device. The mount is the run's own, and ends with it.
backup.replace("mount", { desc = "bind mount of the snapshot" }, function(run)
  if not run.vars.subvolume then return run:decline("not on btrfs") end
  local path = run.snapshot.device
  run:exec { "mount", "--bind", "-o", "nosuid,nodev,noexec,noatime", path, path }
  return { path = path, release = { exec = { "umount", path } } }
end)

-- The built-in recovery tells live data from copy by the device's number, which all subvolumes of a btrfs share: it
-- refuses. The restored server recovers when it is started.
backup.before("recover", { desc = "left to the restored server" }, function(run)
  if run.vars.subvolume then return run:skip("on btrfs the restored server recovers by itself") end
end)
