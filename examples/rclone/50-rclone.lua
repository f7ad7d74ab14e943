backup.require_api(1)
-- Streams the archive to rclone, without a copy on this host: tar, zstd, age where a recipient is named, rclone rcat.
-- [hooks.rclone] remote = "s3:bucket/db1"       a path of rclone's; its own "crypt" remotes encrypt, too
--                recipient = "age1…"            encrypts by age for this key
-- The way back: rclone cat OBJECT | age -d -i KEY | lvmbackup restore - --to DIRECTORY
local remote = backup.option("remote")
local recipient = backup.option("recipient", "")
local level = backup.option("level", 3)
local timeout = backup.option("timeout", "12h")
local config = backup.option("config", "/root/.config/rclone/rclone.conf")

-- Older runs may have had a recipient where this has none, and the other way round.
local endings = { ".tar.zst", ".tar.zst.age" }

local function rclone(...) return { "rclone", "--config", config, ... } end

local function with(words, options)
  for name, value in pairs(options) do words[name] = value end
  return words
end

local function object(id, ending) return remote .. "/" .. id .. ending end

backup.replace("archive", { desc = "stream to rclone", timeout = timeout }, function(run)
  local target = object(run.id, endings[recipient == "" and 1 or 2])
  -- Of a stream that breaks off rclone makes an object, too: it gets its name when every program has ended well.
  local partial = target .. ".partial"
  local files = #run:exec({ "find", ".", "-type", "f", "-printf", "x", cwd = run.mount.path, reads = true }).stdout
  local stages = {
    { "tar", "--numeric-owner", "--sparse", "--one-file-system", "-C", run.mount.path, "-cf", "-", "." },
    { "zstd", "-q", "-T0", "-" .. level, "-c" },
    timeout = timeout,
  }
  if recipient ~= "" then stages[#stages + 1] = { "age", "-r", recipient } end
  stages[#stages + 1] = rclone("rcat", partial)
  local is_whole, problem = pcall(run.pipe, run, stages)
  if not is_whole then
    pcall(run.exec, run, with(rclone("deletefile", partial), { timeout = "1m" }))
    error(problem, 0)
  end
  run:exec(with(rclone("moveto", partial, target), { timeout = timeout }))
  local size = json.decode(run:exec(with(rclone("size", "--json", target), { timeout = "5m" })).stdout)
  return {
    location = "rclone:" .. target,
    bytes = size.bytes,
    files = files,
    release = { timeout = "5m", exec = rclone("deletefile", target) },
  }
end)

backup.on("retained", { desc = "remove the objects of removed sets", timeout = "5m" }, function(run, event)
  for _, set in ipairs(event.retention.removed) do
    for _, ending in ipairs(endings) do
      local old = object(set, ending)
      -- Where there is no such object rclone ends with 3 or 4, or lists nothing.
      local found = run:exec(with(rclone("lsf", old), { timeout = "1m", ok = { 0, 3, 4 } }))
      if found.stdout ~= "" then run:exec(with(rclone("deletefile", old), { timeout = "1m" })) end
    end
  end
end)
