-- The tree of files on the machine of a test.
local core = ...
local api, checked, effects, fail, fake = core.api, core.checked, core.effects, core.fail, core.fake
local entries, host, missing, record = core.entries, core.host, core.missing, core.record
local tree = {}

local function plain_path(path)
  if type(path) ~= "string" or path:sub(1, 1) ~= "/" then fail("a path begins with /: %s", tostring(path)) end
  return path == "/" and path or (path:gsub("/+", "/"):gsub("/$", ""))
end

local function put(path, value)
  path = plain_path(path)
  if value == nil then tree[path] = nil return end
  if type(value) == "string" then value = { content = value } end
  tree[path] = checked("fake.fs", value, api.fake_file)
  tree[path].mtime = tree[path].mtime or host("now")
end

-- Nil of a missing file; a directory is there also where only something below it is.
local function entry(path)
  if tree[path] then return tree[path] end
  local start = path == "/" and path or path .. "/"
  for other in pairs(tree) do
    if other:sub(1, #start) == start then return { mtime = tree[other].mtime } end
  end
end

local function find(act, path)
  path = plain_path(path)
  if next(tree) == nil then
    local example = act == "write" and ('fake.fs[%q] = {}'):format(path:match("^(.+)/[^/]*$") or "/")
      or ('fake.fs[%q] = "…"'):format(path)
    missing(("run.fs.%s: %s: write %s before the call"):format(act, path, example))
  end
  local one = entry(path)
  if one and one.error then fail("cannot %s %q: %s", act, path, one.error) end
  return one, path
end

local function follow(act, path)
  for _ = 1, 10 do
    local one
    one, path = find(act, path)
    if not one then fail("cannot %s %q: no such file or directory", act, path) end
    if not one.link then return one, path end
    path = one.link:sub(1, 1) == "/" and one.link or path:gsub("[^/]*$", "") .. one.link
  end
  fail("cannot %s %q: too many levels of symbolic links", act, path)
end

fake.fs = setmetatable({}, {
  __index = function(_, path) return (tree[plain_path(path)] or {}).content end,
  __newindex = function(_, path, value) put(path, value) end,
  __metatable = false,
})

function effects.read(path)
  local one
  one, path = follow("open", path)
  if not one.content then fail("cannot read %q: is a directory", path) end
  return one.content
end

function effects.write(path, bytes, mode)
  record("write", { path = path, bytes = bytes, mode = mode })
  local one
  one, path = find("write", path)
  local parent = find("write", (path:gsub("[^/]+$", "")))
  if not parent then fail("cannot create a file beside %q: no such file or directory", path) end
  if parent.content then fail("cannot create a file beside %q: not a directory", path) end
  if one and not one.content and not one.link then fail("cannot write %q: is a directory", path) end
  put(path, { content = bytes, mode = mode })
end

function effects.list(path)
  local one
  one, path = follow("list", path)
  if one.content then fail("cannot list %q: not a directory", path) end
  local start, seen, list = path == "/" and path or path .. "/", {}, {}
  for other in pairs(tree) do
    local name = other:sub(1, #start) == start and other:sub(#start + 1):match("^[^/]+")
    if name and not seen[name] then seen[name], list[#list + 1] = true, name end
  end
  table.sort(list)
  return list
end

function effects.stat(path)
  local one = find("stat", path)
  if not one then return nil end
  local is_file = one.content ~= nil
  return {
    kind = one.link and "link" or is_file and "file" or "directory",
    size = is_file and #one.content or 0,
    mode = one.mode or is_file and "644" or "755",
    uid = one.uid or 0, gid = one.gid or 0, mtime = math.floor(one.mtime),
  }
end

function effects.realpath(path)
  local _, real = follow("resolve", path)
  return real
end

function entries.effect(name, ...) return effects[name](...) end
core.fake = core.read_only("fake", fake)
