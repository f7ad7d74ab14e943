backup.require_api(1)
-- The snapshot by a command of the site's own, with its own name and size.
-- [hooks.own-lvcreate] size = "10G"
local size = backup.option("size", "10G")

backup.replace("snapshot", { desc = "snapshot by the site's command", timeout = "20s" }, function(run)
  local name = "own_" .. run.id:sub(-4)
  local full = run.volume.group .. "/" .. name
  local origin = run.volume.group .. "/" .. run.volume.name
  -- It has to succeed where there is nothing to remove, too: a later run may do it once more.
  local release = { exec = { "lvremove", "-y", "-S", ("vg_name=%s && lv_name=%s"):format(run.volume.group, name) } }
  run:intend(release)
  run:exec { "lvcreate", "-s", "-n", name, "-L", size, origin, timeout = "20s" }
  return {
    name = full,
    device = "/dev/" .. full,
    -- Asked after the last byte was read: a snapshot that was full is worth nothing.
    check = function(later)
      local report = later:exec { "lvs", "--noheadings", "-o", "lv_snapshot_invalid", full }
      if report.stdout:find("invalid") then error("the snapshot has overflown") end
    end,
    release = release,
  }
end)
