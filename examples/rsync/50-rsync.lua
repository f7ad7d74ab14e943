backup.require_api(1)
-- rsync in place of the built-in archive: a plain tree for each run, unchanged files being links to the run before.
-- [hooks.rsync] directory = "/backups/trees"
local directory = backup.option("directory")

backup.replace("archive", { desc = "rsync" }, function(run)
  local target, latest = directory .. "/" .. run.id, nil
  for _, name in ipairs(run.fs.list(directory)) do
    if name:match("^%d+T%d+Z%-%x+$") then latest = name end
  end
  -- Recorded before it is there: the next run removes the remains of a killed one.
  local discard = { exec = { "rm", "-rf", "--one-file-system", "--", target .. ".partial" } }
  run:intend(discard)
  run:undo("the partial tree", discard)
  local words = { "rsync", "-aHAX", "--sparse", "--numeric-ids", "--stats", timeout = "12h" }
  if latest then words[#words + 1] = "--link-dest=../" .. latest end
  words[#words + 1] = run.mount.path .. "/"
  words[#words + 1] = target .. ".partial/"
  local stats = run:exec(words).stdout
  run:exec { "sync", "-f", target .. ".partial", timeout = "1h" }
  run:exec { "mv", "-T", target .. ".partial", target }
  local function figure(pattern)
    local text = stats:match(pattern) or "0"
    return math.tointeger(tonumber((text:gsub(",", ""))))
  end
  local remove = { "rm", "-rf", "--one-file-system", "--", target }
  return {
    location = target,
    bytes = figure("Total transferred file size: ([%d,]+)"),
    files = figure("Number of files: ([%d,]+)"),
    release = {
      timeout = "10m",
      call = function(failed) failed:exec { timeout = "10m", table.unpack(remove) } end,
      -- Where the function failed; also the command for an operator.
      exec = remove,
    },
  }
end)
